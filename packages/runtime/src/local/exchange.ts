import { type IncomingMessage, request } from 'node:http';

/** Where a request goes: a port of this machine, or a unix socket. */
export type Destination = { readonly port: number } | { readonly socketPath: string };

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Answers of `/health/ready` and of a supervisor are small; what is larger comes from another program. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/**
 * One HTTP request on a connection of its own, without a body.
 *
 * @param timeoutMs - for the whole exchange.
 * @throws Error with the `code` of the socket's error, or ETIMEDOUT.
 */
export function exchange(to: Destination, method: string, path: string, timeoutMs: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const target = 'port' in to ? { host: '127.0.0.1', port: to.port } : { socketPath: to.socketPath };
    const outgoing = request({ ...target, method, path, agent: false }, (response) => {
      collect(response).then(resolve, reject);
    });
    const timer = setTimeout(() => outgoing.destroy(timedOut(timeoutMs)), timeoutMs);
    outgoing.on('error', reject);
    outgoing.on('close', () => clearTimeout(timer));
    outgoing.end();
  });
}

function timedOut(timeoutMs: number): Error {
  return Object.assign(new Error(`no answer within ${timeoutMs} ms`), { code: 'ETIMEDOUT' });
}

async function collect(response: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw new Error('the answer is too large');
    chunks.push(chunk);
  }
  return { status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') };
}
