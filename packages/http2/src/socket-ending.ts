import type { Socket } from 'node:net';

/** How often a peer that sends no more is checked for being gone. */
const PROBE_INTERVAL_MS = 1_000;

/** Has a socket notice that a peer that sends no more is gone. Nothing is read from it: that shows at a write, be it of nothing. */
export function noticeWhenGone(socket: Socket): void {
  const timer = setInterval(() => socket.writable && socket.write(''), PROBE_INTERVAL_MS).unref();
  socket.once('close', () => clearInterval(timer));
}

/** Destroys a socket that has not closed by then. */
export function destroyWithin(socket: Socket, ms: number): void {
  const timer = setTimeout(() => socket.destroy(), ms).unref();
  socket.once('close', () => clearTimeout(timer));
}
