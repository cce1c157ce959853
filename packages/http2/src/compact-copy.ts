/** A piece that is less than this part of the memory that it came in would keep all of that alive, for more than it counts. */
const KEPT_PART = 3 / 4;
/** From here on a copy has memory of its own. Node's pool is 64 KiB, which lives for as long as any piece in it. */
const OWN_MEMORY_BYTES = 4 * 1024;

/**
 * A piece for those who keep it: a client with four streams sends the pieces of each in turn, and what arrives at once is
 * one memory.
 *
 * @returns The piece, or a copy of it.
 */
export function compactCopy(chunk: Buffer): Buffer {
  return chunk.length < KEPT_PART * chunk.buffer.byteLength ? copyOf(chunk) : chunk;
}

/** A copy that keeps nothing else alive, unless it is small. */
export function copyOf(view: Buffer): Buffer {
  if (view.length < OWN_MEMORY_BYTES) return Buffer.from(view);
  const copy = Buffer.allocUnsafeSlow(view.length);
  view.copy(copy);
  return copy;
}
