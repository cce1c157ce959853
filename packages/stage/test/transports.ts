import http from 'node:http';
import http2 from 'node:http2';
import { onTestFinished } from 'vitest';

/** What a request was answered. */
interface Told {
  readonly status: number;
  /** Those of the head and of the trailers. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** A character a byte. */
  readonly body: string;
}

export type Fields = Readonly<Record<string, string>>;
export type Post = (port: number, path: string, fields: Fields, body: Buffer) => Promise<Told>;

const byHttp1: Post = (port, path, headers, body) =>
  new Promise((resolve, reject) => {
    const request = http.request({ port, path, method: 'POST', headers }, (response) => {
      let text = '';
      response.setEncoding('latin1').on('data', (chunk: string) => {
        text += chunk;
      });
      const { statusCode: status = 0, headers: fields } = response;
      response.on('end', () => resolve({ status, fields, body: text }));
    });
    request.on('error', reject).end(body);
  });

export const byHttp2: Post = (port, path, fields, body) =>
  new Promise((resolve, reject) => {
    const session = http2.connect(`http://127.0.0.1:${port}`).on('error', reject);
    onTestFinished(() => session.destroy());
    const stream = session.request({ ':method': 'POST', ':path': path, ...fields });
    let text = '';
    const told: http2.IncomingHttpHeaders = {};
    for (const event of ['response', 'trailers']) stream.on(event, (head) => Object.assign(told, head));
    stream.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk;
    });
    stream
      .on('error', reject)
      .on('close', () => resolve({ status: Number(told[':status']), fields: told, body: text }));
    stream.end(body);
  });

/** The three ways of a body to a stage: our own reader of heads, Node's server, a stream of HTTP/2. */
export const transports: readonly [name: string, post: Post][] = [
  [
    'directly',
    (port, path, fields, body) => byHttp1(port, path, { ...fields, 'content-length': `${body.length}` }, body),
  ],
  ['by Node', (port, path, fields, body) => byHttp1(port, path, { ...fields, 'transfer-encoding': 'chunked' }, body)],
  ['by HTTP/2', byHttp2],
];

/** A message in an envelope. */
export function framed(message: Buffer, flags = 0): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(flags, 0);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}
