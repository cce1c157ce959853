import type { Duplex } from 'node:stream';
import { CONNECT_TIMEOUT_MS } from '../call.js';

/**
 * Gives a socket up that does not connect in time, with the error that the system has for it, but sooner: another
 * address may do better.
 */
export function connectInTime<Socket extends Duplex>(socket: Socket): Socket {
  const abandon = () => {
    const error = new Error(`no connection within ${CONNECT_TIMEOUT_MS} ms`);
    socket.destroy(Object.assign(error, { code: 'ETIMEDOUT', syscall: 'connect' }));
  };
  const timer = setTimeout(abandon, CONNECT_TIMEOUT_MS);
  const stop = () => clearTimeout(timer);
  socket.once('connect', stop).once('close', stop);
  return socket;
}
