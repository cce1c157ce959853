import { collectGarbage } from './collect-garbage.js';

/**
 * Bytes between two collections of the young generation. Buffers are memory outside of V8's heap; the JavaScript that passes
 * them on makes so little garbage of its own that V8 comes to a full collection, for the sake of the buffers, long before
 * it comes to a young one. A young one takes less than a millisecond and frees nearly all of them.
 */
const COLLECT_EVERY_BYTES = 8 * 1024 * 1024;

let bytesSince = 0;

/** Tells that buffers of so many bytes have come, which nobody will refer to for long. */
export function buffersLetGo(bytes: number): void {
  bytesSince += bytes;
  if (bytesSince < COLLECT_EVERY_BYTES) return;
  bytesSince = 0;
  collectGarbage({ type: 'minor', execution: 'sync' });
}
