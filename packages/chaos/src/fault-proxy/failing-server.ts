import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server in an instance's place. */
export interface StandIn {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * One that says it is ready, and answers every piece of work with 500: its health checks are good, so that only its
 * answers give it away.
 */
export async function startFailingServer(): Promise<StandIn> {
  const server = createServer((request, response) => {
    const isCheck = request.method === 'GET';
    const body = isCheck ? '{"status":"ready"}' : '{"title":"I always fail"}';
    request.resume();
    request.on('end', () => {
      response.writeHead(isCheck ? 200 : 500, { 'content-type': 'application/json' }).end(body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
