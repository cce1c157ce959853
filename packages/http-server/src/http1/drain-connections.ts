import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { answerClientError, responseUnderWay } from '../answer/connection-errors.js';
import { isOnFastPath } from './fast-path.js';

/**
 * How long a connection may be silent, while the process drains, before a request that is not whole is abandoned: more
 * than a lost packet needs to come again.
 */
const DRAIN_SILENCE_MS = 1500;

/**
 * Closes connections while the process drains: each once its request in flight has ended, since one that was busy when
 * the server began to close would otherwise stay open for its whole keep-alive time; and those that send nothing,
 * though a request of theirs has started or none ever did. Node's own time-outs stop when the server closes.
 */
export function closeConnectionsOnDrain(app: FastifyInstance): void {
  const sockets = new Set<Socket>();
  app.server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  app.server.on('request', (_request, response) => {
    response.once('close', () => {
      if (!app.server.listening) setImmediate(() => app.server.closeIdleConnections());
    });
  });
  app.addHook('preClose', (done) => {
    const timer = closeSilent(sockets);
    app.server.once('close', () => clearInterval(timer));
    done();
  });
}

function closeSilent(sockets: ReadonlySet<Socket>): NodeJS.Timeout {
  const seenBytes = new Map([...sockets].map((socket) => [socket, socket.bytesRead]));
  const timer = setInterval(() => {
    for (const socket of sockets) {
      const isSilent = seenBytes.get(socket) === socket.bytesRead;
      seenBytes.set(socket, socket.bytesRead);
      if (isSilent && !isOnFastPath(socket) && isAwaited(socket)) abandon(socket);
    }
  }, DRAIN_SILENCE_MS);
  return timer.unref();
}

/** Whether it is the client's turn: no request of its own is whole, and the server has not asked it to wait. */
function isAwaited(socket: Socket): boolean {
  const request = responseUnderWay(socket)?.req;
  return request === undefined || (!request.complete && !request.isPaused());
}

/**
 * Half a head is answered. Half a body is not: a balancer in front takes a broken connection, unlike a 4xx, to the next
 * instance.
 */
function abandon(socket: Socket): void {
  if (socket.bytesRead === 0 || !socket.writable || responseUnderWay(socket)) socket.destroy();
  else answerClientError(Object.assign(new Error('silent'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), socket);
}
