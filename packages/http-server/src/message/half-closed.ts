import type { Socket } from 'node:net';

/**
 * How long an answer may take before a client that has ended its side is asked whether it is still there, and how often it is
 * looked whether it was not, in ms. Long enough for health checkers and short texts, which then get one answer and nothing
 * else; a client that is gone is worked for so long, twice.
 */
const PROBE_INTERVAL_MS = 1000;
/** One that goes later is asked by TCP, to which a system answers by a reset when it has forgotten the connection. */
const KEEP_ALIVE_MS = 15_000;
/** Any client of HTTP/1.1 takes it before an answer (RFC 9110, 15.2); a system whose client is gone answers by a reset. */
const INTERIM = 'HTTP/1.1 100 Continue\r\n\r\n';

/**
 * A client that has ended its side may wait for an answer, or be gone: both look the same. So it is answered, and asked for a
 * sign of life where that takes long.
 *
 * @param isAwaited - Whether an answer to HTTP/1.1 is due, and nothing of it has gone out.
 */
export function noticeWhenGone(socket: Socket, isAwaited: () => boolean): void {
  socket.setKeepAlive(true, KEEP_ALIVE_MS);
  let isAsked = false;
  const timer = setInterval(() => {
    // From a socket that has ended nothing is read: that it was reset shows at a write, be it of nothing.
    const mayAsk = !isAsked && isAwaited();
    isAsked ||= mayAsk;
    if (socket.writable) socket.write(mayAsk ? INTERIM : '');
  }, PROBE_INTERVAL_MS);
  socket.once('close', () => clearInterval(timer));
}
