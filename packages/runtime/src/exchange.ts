import { request } from 'node:http';

/** Where a request goes: a port of this machine, or a unix socket. */
export type Destination = { readonly port: number } | { readonly socketPath: string };

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Answers of `/health/ready` and of a supervisor are small; what is larger is somebody else's. */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/**
 * One HTTP request on a connection of its own, without a body.
 *
 * @param timeoutMs - for the whole exchange.
 * @throws Error with the `code` of the socket's error, or an AbortError at the time-out.
 */
export function exchange(to: Destination, method: string, path: string, timeoutMs: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const target = 'port' in to ? { host: '127.0.0.1', port: to.port } : { socketPath: to.socketPath };
    const signal = AbortSignal.timeout(timeoutMs);
    const outgoing = request({ ...target, method, path, agent: false, signal }, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        chunks.push(chunk);
        if (size > MAX_ANSWER_BYTES) response.destroy(new Error('the answer is too large'));
      });
      response.on('error', reject);
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') });
      });
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}
