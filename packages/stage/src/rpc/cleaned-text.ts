import { isAscii } from 'node:buffer';

/** Of a byte that goes on with a code point: 10xxxxxx. */
const CONTINUATION_MASK = 0xc0;
const CONTINUATION = 0x80;

/** Characters of a text in UTF-8, which must be valid and may be cut anywhere: the bytes that begin one. */
export function countCodePoints(bytes: Uint8Array): number {
  if (isAscii(bytes)) return bytes.length;
  let count = 0;
  for (let i = 0; i < bytes.length; i++) {
    if (((bytes[i] as number) & CONTINUATION_MASK) !== CONTINUATION) count++;
  }
  return count;
}

/** A cleaned text as it is handed on in pieces: its length, and all of it where it is wanted. */
export class CleanedText {
  codePoints = 0;
  readonly #chunks: Uint8Array[] = [];
  readonly #isKept: boolean;

  constructor(isKept: boolean) {
    this.#isKept = isKept;
  }

  add(bytes: Uint8Array): void {
    this.codePoints += countCodePoints(bytes);
    if (this.#isKept) this.#chunks.push(bytes);
  }

  /** Empty if it was not wanted. */
  text(): string {
    return Buffer.concat(this.#chunks).toString();
  }
}
