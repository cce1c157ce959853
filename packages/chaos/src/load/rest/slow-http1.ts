import { connect } from 'node:net';
import type { SlowKind } from '../slow-clients.js';

const HEAD = 'POST /process HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n';
/** What a large body has sent before it slows down: more than is waited for before an instance is chosen. */
const QUICK_BYTES = 70_000;
const ANNOUNCED_BYTES = 1_000_000;
const BODY_HEAD = `${HEAD}content-length: ${ANNOUNCED_BYTES}\r\n\r\n{"text":"`;

/** A third of them drip their headers, a third a body from its beginning, a third the rest of a body. */
export const slowHttp1Kinds: readonly SlowKind[] = [
  dripping(HEAD, 'x-a: b\r\n'),
  dripping(BODY_HEAD, 'a '),
  dripping(BODY_HEAD + 'word '.repeat(QUICK_BYTES / 5), 'a '),
];

/**
 * Bytes on a connection, whatever they mean.
 *
 * @param beginning - Sent at once.
 * @param endless - Sent a byte at a time, again and again.
 */
export function dripping(beginning: string, endless: string): SlowKind {
  return (port, onClose) => {
    const socket = connect({ host: '127.0.0.1', port });
    let offset = 0;
    socket.resume();
    socket.on('error', () => {});
    socket.on('close', onClose);
    socket.write(beginning);
    return {
      step: () => {
        if (!socket.destroyed) socket.write(endless[offset++ % endless.length] as string);
      },
      close: () => socket.destroy(),
    };
  };
}
