import { copyOf } from './compact-copy.js';

/** A smaller piece is put together with others: by itself it would take many times its size. */
const PACKED_BYTES = 4 * 1024;
/** Places of pieces that were taken, before the others move up. */
const MAX_TAKEN = 64;

/** Pieces that are kept for later, in memory that is little more than their size, however small they are. */
export class ReceiveBuffer {
  /** In order; the last one may have room, if it is a pack. Those before `#first` were taken. */
  #chunks: (Buffer | undefined)[] = [];
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
    if (this.#standsAlone(view)) this.#add(copyOf(view));
    else this.#put(view);
  }

  /** @param chunk - Must not change afterwards: it is only copied if it is small. */
  keep(chunk: Buffer): void {
    if (this.#standsAlone(chunk)) this.#add(chunk);
    else this.#put(chunk);
  }

  /** Takes the next piece away. There must be one. */
  shift(): Buffer {
    if (this.#first === this.#chunks.length - 1) this.#close();
    const chunk = this.#chunks[this.#first] as Buffer;
    this.#chunks[this.#first++] = undefined;
    if (this.isEmpty) this.clear();
    else if (this.#first >= MAX_TAKEN && 2 * this.#first >= this.#chunks.length) this.#moveUp();
    return chunk;
  }

  /** Takes all of them away. */
  takeAll(): Buffer[] {
    this.#close();
    const chunks = this.#chunks.slice(this.#first) as Buffer[];
    this.clear();
    return chunks;
  }

  clear(): void {
    this.#chunks = [];
    this.#first = 0;
    this.#pack = undefined;
  }

  #standsAlone({ length }: Buffer): boolean {
    return this.isEmpty || length >= PACKED_BYTES;
  }

  #add(chunk: Buffer): void {
    this.#close();
    this.#chunks.push(chunk);
  }

  #put(view: Buffer): void {
    if (!this.#pack || this.#packedBytes + view.length > PACKED_BYTES) this.#begin();
    this.#packedBytes += view.copy(this.#pack as Buffer, this.#packedBytes);
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

  /** A reader that never quite catches up must not leave places behind without end. */
  #moveUp(): void {
    this.#chunks = this.#chunks.slice(this.#first);
    this.#first = 0;
  }
}
