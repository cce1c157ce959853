import { hashHead, hashLast, hashMiddle, readQuad } from './word-hash.js';

/** The head of a word, eight bytes, is held as two integers. */
export const HEAD_BYTES = 8;
/** A word up to this length is wholly in its head and its last four bytes, which overlap where it is shorter. */
export const INLINE_BYTES = 12;

const NO_BYTES = new Uint8Array(0);

/** A word on its way into a table, in the form in which tables compare words. */
export class Candidate {
  /** Where the word is; not read for words of up to {@link INLINE_BYTES}. */
  bytes: Uint8Array = NO_BYTES;
  start = 0;
  length = 0;
  /** The first four bytes, the first one highest; 0 stands for those the word does not have. */
  high = 0;
  /** The fifth to the eighth byte, likewise. */
  low = 0;
  /** The last four bytes of a word of more than eight; else 0. */
  last = 0;
  hash = 0;

  /** Takes a word from a text. */
  read(bytes: Uint8Array, start: number, end: number, seed: number): void {
    this.bytes = bytes;
    this.start = start;
    this.length = end - start;
    this.high = readPadded(bytes, start, end);
    this.low = readPadded(bytes, start + 4, end);
    this.last = this.length > HEAD_BYTES ? readQuad(bytes, end - 4) : 0;
    this.rehash(seed);
  }

  rehash(seed: number): void {
    const { bytes, start, length } = this;
    this.hash = hashHead(seed, this.high, this.low);
    if (length > HEAD_BYTES) this.hash = hashLast(this.hash, this.last);
    if (length > INLINE_BYTES) this.hash = hashMiddle(this.hash, bytes, start, start + length);
  }

  /** Lets go of the text. */
  release(): void {
    this.bytes = NO_BYTES;
  }
}

function readPadded(bytes: Uint8Array, at: number, end: number): number {
  if (at + 4 <= end) return readQuad(bytes, at);
  let quad = 0;
  for (let offset = 0; offset < 4; offset++) {
    quad = (quad << 8) | (at + offset < end ? (bytes[at + offset] as number) : 0);
  }
  return quad;
}
