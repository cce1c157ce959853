import { once } from 'node:events';
import { type ClientHttp2Stream, connect, type IncomingHttpHeaders } from 'node:http2';
import { buffer } from 'node:stream/consumers';
import type { Protocol } from './contender.ts';

const TIMEOUT_MS = 5000;

interface Checked {
  readonly status: string;
  readonly body: Buffer;
}

/**
 * Asks once before anything is measured.
 *
 * @param body - What is sent, and what is to come back.
 * @throws Error unless the answer is the upstream's own, whole.
 */
export async function checkAnswer(protocol: Protocol, url: string, body: Buffer): Promise<void> {
  const [wanted, ask] = protocol === 'gRPC' ? ['200, grpc-status 0', askGrpc] : ['200', askHttp1];
  const answer = await ask(url, body, AbortSignal.timeout(TIMEOUT_MS));
  if (answer.status === wanted && answer.body.equals(body)) return;
  const shown = answer.body.toString('latin1', 0, 200);
  throw new Error(`${url} answered ${answer.status} with ${answer.body.length} bytes: ${shown}`);
}

async function askHttp1(url: string, body: Buffer, signal: AbortSignal): Promise<Checked> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: new Uint8Array(body), signal });
  return { status: String(response.status), body: Buffer.from(await response.arrayBuffer()) };
}

async function askGrpc(url: string, body: Buffer, signal: AbortSignal): Promise<Checked> {
  const { origin, pathname } = new URL(url);
  const session = connect(origin);
  // The stream tells the same.
  session.on('error', () => session.destroy());
  try {
    const headers = { ':method': 'POST', ':path': pathname, 'content-type': 'application/grpc', te: 'trailers' };
    const stream: ClientHttp2Stream = session.request(headers, { signal });
    let trailers: IncomingHttpHeaders = {};
    stream.on('trailers', (fields) => {
      trailers = fields;
    });
    stream.end(body);
    const [head] = (await once(stream, 'response', { signal })) as [IncomingHttpHeaders & { ':status'?: number }];
    const answer = await buffer(stream);
    return { status: `${head[':status']}, grpc-status ${trailers['grpc-status']}`, body: answer };
  } finally {
    session.destroy();
  }
}
