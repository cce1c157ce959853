import { copyOf } from './kept-piece.js';

/** A smaller piece is put together with others: by itself it would take many times its size. */
const PACKED_BYTES = 4 * 1024;

/** What has come on a stream whose reader is not ready. */
export class HeldData {
  /** In order; the last one may have room, if it is a pack. */
  #chunks: Buffer[] = [];
  #first = 0;
  /** How much of the last chunk is in use, if that is a pack. */
  #packedBytes = 0;
  #pack: Buffer | undefined;

  get isEmpty(): boolean {
    return this.#first === this.#chunks.length;
  }

  /** @param view - May change afterwards. */
  push(view: Buffer): void {
    // Most streams hold one piece, for a moment.
    if (this.isEmpty || view.length >= PACKED_BYTES) {
      this.#close();
      this.#chunks.push(copyOf(view));
      return;
    }
    if (!this.#pack || this.#packedBytes + view.length > PACKED_BYTES) this.#begin();
    this.#packedBytes += view.copy(this.#pack as Buffer, this.#packedBytes);
  }

  /** Takes the next piece away. There must be one. */
  shift(): Buffer {
    if (this.#first === this.#chunks.length - 1) this.#close();
    const chunk = this.#chunks[this.#first++] as Buffer;
    if (this.isEmpty) this.clear();
    return chunk;
  }

  clear(): void {
    this.#chunks = [];
    this.#first = 0;
    this.#pack = undefined;
  }

  #begin(): void {
    this.#close();
    this.#pack = Buffer.allocUnsafeSlow(PACKED_BYTES);
    this.#packedBytes = 0;
    this.#chunks.push(this.#pack);
  }

  /** Nothing more is written into the last chunk. */
  #close(): void {
    if (this.#pack) this.#chunks[this.#chunks.length - 1] = this.#pack.subarray(0, this.#packedBytes);
    this.#pack = undefined;
  }
}
