/** How many bytes of a word are held as two integers, {@link wordKey}. */
export const KEY_BYTES = 8;

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

/** Hash of a word's key. */
export function hashKey(seed: number, high: number, low: number): number {
  return mix(mix(seed ^ high) ^ low);
}

/** The bytes `at` to `at + 3`, the first one highest; 0 stands for those from `end` on. */
export function wordKey(bytes: Uint8Array, at: number, end: number): number {
  if (at + 4 <= end) return readQuad(bytes, at);
  let key = 0;
  for (let offset = 0; offset < 4; offset++)
    key = (key << 8) | (at + offset < end ? (bytes[at + offset] as number) : 0);
  return key;
}

/** Hash of a word of more than {@link KEY_BYTES} bytes, from the hash of its key and the bytes that follow the key. */
export function hashTail(keyHash: number, bytes: Uint8Array, start: number, end: number): number {
  let hash = keyHash;
  for (let at = start + KEY_BYTES; at < end - 4; at += 4) hash = mix(hash ^ readQuad(bytes, at));
  return mix(hash ^ readQuad(bytes, end - 4));
}

/** {@link hashTail}, read through a view: the same value, faster. */
export function hashTailIn(keyHash: number, view: DataView, start: number, end: number): number {
  let hash = keyHash;
  for (let at = start + KEY_BYTES; at < end - 4; at += 4) hash = mix(hash ^ view.getInt32(at));
  return mix(hash ^ view.getInt32(end - 4));
}

function readQuad(bytes: Uint8Array, at: number): number {
  return (
    ((bytes[at] as number) << 24) |
    ((bytes[at + 1] as number) << 16) |
    ((bytes[at + 2] as number) << 8) |
    (bytes[at + 3] as number)
  );
}
