import { ReceiveBuffer } from '@flotilla/http2';
import type { FastifyInstance, InjectOptions } from 'fastify';
import type { BodyLimit, OutboundResponse } from '../message/exchange.js';
import type { Http2Exchange } from './http2-exchange.js';

/** What the framework's own routes take: those of the balancer's administration. */
const LIMIT: BodyLimit = { maxBytes: 64 * 1024, setting: 'of the routes that are asked for little' };
/** Fields of a connection of HTTP/1.1, and the length, which the response sets itself. */
const OF_HTTP1 = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length']);

/** Answers what is no call and in no table as the framework does over HTTP/1.1: health, figures, documents. */
export async function answerByFramework(
  app: FastifyInstance,
  request: Http2Exchange,
  response: OutboundResponse,
): Promise<void> {
  const payload = await bodyOf(request);
  const headers: Record<string, string> = {};
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    const name = request.rawHeaders[i] as string;
    headers[name] = request.header(name) as string;
  }
  const answer = await app.inject({
    method: request.method as NonNullable<InjectOptions['method']>,
    url: request.url,
    headers,
    ...(payload.length > 0 ? { payload } : {}),
  });
  const fields: string[] = [];
  for (const [name, value] of Object.entries(answer.headers)) {
    if (value !== undefined && !OF_HTTP1.has(name)) for (const each of [value].flat()) fields.push(name, String(each));
  }
  if (request.method === 'HEAD') {
    // Its length is that of the body that a GET would get, which is not here.
    const { 'content-length': length } = answer.headers;
    if (length !== undefined) fields.push('content-length', String(length));
    response.begin(answer.statusCode, fields);
    response.end([]);
    return;
  }
  response.send(answer.statusCode, fields, answer.rawPayload.toString('latin1'));
}

function bodyOf(request: Http2Exchange): Promise<Buffer> {
  const chunks = new ReceiveBuffer();
  return new Promise((resolve, reject) => {
    request.receive(LIMIT, {
      chunk: (chunk) => {
        chunks.keep(chunk);
        return true;
      },
      end: () => resolve(Buffer.concat(chunks.takeAll())),
      fail: reject,
    });
  });
}
