import type { WordStore } from './word-store.js';

/** Lines break at the first space at or after this column, as in the plain-text editions of books. */
const LINE_BYTES = 68;

/** Where the text is written: a buffer that the generator empties, and the column, which decides where lines break. */
export class TextWriter {
  readonly bytes: Uint8Array;
  length = 0;
  #column = 0;

  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity);
  }

  word(store: WordStore, index: number, capital: boolean): void {
    const form = index * 2 + (capital ? 1 : 0);
    const from = store.starts[form] as number;
    const to = store.starts[form + 1] as number;
    this.#copy(store.bytes, from, to);
  }

  raw(text: Uint8Array): void {
    this.#copy(text, 0, text.length);
  }

  space(): void {
    const wrap = this.#column >= LINE_BYTES;
    this.bytes[this.length++] = wrap ? 0x0a : 0x20;
    this.#column = wrap ? 0 : this.#column + 1;
  }

  paragraph(): void {
    this.bytes[this.length++] = 0x0a;
    this.bytes[this.length++] = 0x0a;
    this.#column = 0;
  }

  /** A copy of what was written; the writer starts again at the same column. */
  take(maxBytes: number): Uint8Array {
    const chunk = this.bytes.slice(0, Math.min(this.length, maxBytes));
    this.length = 0;
    return chunk;
  }

  #copy(source: Uint8Array, from: number, to: number): void {
    const { bytes, length } = this;
    for (let at = from, target = length; at < to; at++) bytes[target++] = source[at] as number;
    this.length = length + to - from;
    this.#column += to - from;
  }
}
