/**
 * A seed no sender of texts knows, one per process. The order of a table is that of first appearance, so no output
 * depends on it.
 */
export const processSeed = crypto.getRandomValues(new Int32Array(1))[0] as number;

/**
 * Two rounds of multiply and shift (constants of Ettinger's improved lowbias32). One round would let the difference
 * in a top bit through unchanged whatever the seed, and a sender could build words that all collide, as was done to
 * MurmurHash (Aumasson and Bernstein, 2012).
 */
function mix(hash: number): number {
  let mixed = Math.imul(hash, 0x21f0aaad);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0x735a2d97);
  return mixed ^ (mixed >>> 15);
}

/** Hash of a word of up to eight bytes, held as two integers. */
export function hashHead(seed: number, high: number, low: number): number {
  return mix(mix(seed ^ high) ^ low);
}

/** Goes on with the last four bytes of a word of more than eight. */
export function hashLast(hash: number, last: number): number {
  return mix(hash ^ last);
}

/** Goes on with what is between the first eight and the last four bytes of a word of more than twelve. */
export function hashMiddle(hash: number, bytes: Uint8Array, start: number, end: number): number {
  let mixed = hash;
  for (let at = start + 8; at < end - 4; at += 4) mixed = mix(mixed ^ readQuad(bytes, at));
  return mixed;
}

/** {@link hashMiddle}, read through a view: the same value, faster. */
export function hashMiddleIn(hash: number, view: DataView, start: number, end: number): number {
  let mixed = hash;
  for (let at = start + 8; at < end - 4; at += 4) mixed = mix(mixed ^ view.getInt32(at));
  return mixed;
}

/** Four bytes as an integer, the first one highest. */
export function readQuad(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] as number) << 24) |
    ((bytes[at + 1] as number) << 16) |
    ((bytes[at + 2] as number) << 8) |
    (bytes[at + 3] as number)
  );
}
