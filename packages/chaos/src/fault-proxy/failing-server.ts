import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { rpcCodes } from '@flotilla/contracts';

/** A server in an instance's place. */
export interface StandIn {
  readonly port: number;
  close(): Promise<void>;
}

/** What a connection of HTTP/2 begins with, and none of HTTP/1.1. */
const PREFACE = 'PRI';

/**
 * One that says it is ready, and answers every piece of work with 500, or with INTERNAL where it came as a call of gRPC:
 * its health checks are good, so that only its answers give it away.
 */
export async function startFailingServer(): Promise<StandIn> {
  const http1 = createServer((request, response) => {
    const isCheck = request.method === 'GET';
    const body = isCheck ? '{"status":"ready"}' : '{"title":"I always fail"}';
    request.resume();
    request.on('end', () => {
      response.writeHead(isCheck ? 200 : 500, { 'content-type': 'application/json' }).end(body);
    });
  });
  const http2 = createHttp2Server();
  http2.on('stream', (stream) => {
    stream.on('error', () => {}).resume();
    const head = { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': rpcCodes.INTERNAL };
    stream.on('end', () => stream.respond(head, { endStream: true }));
  });
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    socket.once('data', (beginning: Buffer) => {
      socket.pause();
      socket.unshift(beginning);
      const isHttp2 = beginning.toString('latin1').startsWith(PREFACE);
      (isHttp2 ? http2 : http1).emit('connection', socket);
      // A session of HTTP/2 reads what came by itself.
      if (!isHttp2) process.nextTick(() => socket.resume());
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
