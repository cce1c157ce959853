import { MAX_MESSAGE_BYTES } from '@flotilla/contracts';
import { Unpacking } from '../message/gunzip.js';
import { asConnectError } from './connect-error.js';
import { messageTooLarge } from './unary/faults.js';

interface UnpackOptions {
  readonly maxBytes?: number;
  /** Given what to call when there is room again. */
  readonly onStarted?: (resume: () => void) => void;
}

/**
 * Unpacks a message that is here, packed by gzip. A message of nothing may be sent as nothing.
 *
 * @param packed - Its pieces.
 * @param take - Given what it unpacks to. False: wait before there comes more.
 * @throws ConnectError if it is no gzip, or more than a message may have: nothing beyond that is unpacked.
 */
export function unpackMessage(
  packed: readonly Buffer[],
  take: (chunk: Buffer) => boolean,
  { maxBytes = MAX_MESSAGE_BYTES, onStarted = () => {} }: UnpackOptions = {},
): Promise<void> {
  if (packed.every(({ length }) => length === 0)) return Promise.resolve();
  let unpackedBytes = 0;
  return new Promise((resolve, reject) => {
    const chunk = (unpacked: Buffer) => {
      unpackedBytes += unpacked.length;
      if (unpackedBytes > maxBytes) throw messageTooLarge(undefined, 'readMaxBytes', maxBytes);
      return take(unpacked);
    };
    const unpacking = new Unpacking({ chunk, end: resolve, fail: (error) => reject(asConnectError(error)) }, () => {});
    onStarted(() => unpacking.resume());
    for (const chunk of packed) unpacking.write(chunk);
    unpacking.end();
  });
}
