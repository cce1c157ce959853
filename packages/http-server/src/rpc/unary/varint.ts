import { malformed } from './faults.js';

const MAX_BYTES = 10;
/** A tag has 32 bits: five bytes, of which the last one has four. */
const MAX_TAG_BYTES = 5;
const MAX_LAST_TAG_BYTE = 0x0f;

/** A number of variable length (protobuf.dev/programming-guides/encoding), of which a byte comes at a time. */
export class Varint {
  /** The low 32 bits. */
  low = 0;
  /** Whether any of its 64 bits is set. */
  isNonZero = false;
  #bytes = 0;
  #lastByte = 0;

  /** Whether a number has started, and not ended. */
  get isOpen(): boolean {
    return this.#bytes > 0 && this.#lastByte >= 0x80;
  }

  /**
   * Adds a byte; the one after the last begins another number.
   *
   * @returns Whether it was the last.
   * @throws ConnectError if it has too many.
   */
  add(byte: number): boolean {
    if (!this.isOpen) {
      this.low = 0;
      this.isNonZero = false;
      this.#bytes = 0;
    }
    const shift = 7 * this.#bytes;
    const bits = byte & 0x7f;
    // What does not fit into 32 bits is let be, as it is by all who read such a number.
    if (shift < 32) this.low = (this.low | (bits << shift)) >>> 0;
    // Of the tenth, only one bit is among the 64.
    if ((this.#bytes === MAX_BYTES - 1 ? bits & 1 : bits) !== 0) this.isNonZero = true;
    this.#bytes++;
    this.#lastByte = byte;
    if (byte < 0x80) return true;
    if (this.#bytes === MAX_BYTES) throw malformed('invalid varint');
    return false;
  }

  /** @throws ConnectError if the number has more than the 32 bits of a tag. */
  requireTag(): void {
    const isTooLong = this.#bytes > MAX_TAG_BYTES;
    if (isTooLong || (this.#bytes === MAX_TAG_BYTES && this.#lastByte > MAX_LAST_TAG_BYTE)) {
      throw malformed('illegal tag: varint overflows uint32');
    }
  }
}
