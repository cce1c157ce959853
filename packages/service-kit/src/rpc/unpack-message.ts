import { MAX_MESSAGE_BYTES } from '@flotilla/contracts';
import { Unpacking } from '../gunzip.js';
import { asConnectError } from './connect-error.js';
import { messageTooLarge } from './unary/faults.js';

/**
 * Unpacks a message that is here, packed by gzip. A message of nothing may be sent as nothing.
 *
 * @param packed - Its pieces.
 * @param take - Given what it unpacks to. False: wait before there comes more.
 * @param onBegun - Given what to call when there is room again.
 * @throws ConnectError if it is no gzip, or more than a message may have: nothing beyond that is unpacked.
 */
export function unpackMessage(
  packed: readonly Buffer[],
  take: (piece: Buffer) => boolean,
  onBegun: (resume: () => void) => void = () => {},
): Promise<void> {
  if (packed.every(({ length }) => length === 0)) return Promise.resolve();
  let unpackedBytes = 0;
  return new Promise((resolve, reject) => {
    const chunk = (piece: Buffer) => {
      unpackedBytes += piece.length;
      if (unpackedBytes > MAX_MESSAGE_BYTES) throw messageTooLarge(undefined, 'readMaxBytes');
      return take(piece);
    };
    const unpacking = new Unpacking({ chunk, end: resolve, fail: (error) => reject(asConnectError(error)) }, () => {});
    onBegun(() => unpacking.resume());
    for (const piece of packed) unpacking.write(piece);
    unpacking.end();
  });
}
