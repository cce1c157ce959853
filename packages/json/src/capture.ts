import { Buffer } from 'node:buffer';

const ABSENT = new Uint8Array(0);

/** Keeps the bytes of one small value while they pass, up to a limit. A value that lies in one chunk is not copied. */
export class Capture {
  isOpen = false;
  /** Where the value starts, in bytes from the start of the document. */
  offset = 0;
  maxBytes = 0;
  /** Where the value, or the rest of it, starts in the current chunk. */
  private from = 0;
  /** What earlier chunks held of it: the first `used` bytes. */
  private kept = ABSENT;
  private used = 0;

  /**
   * @param offset where the value starts in the document
   * @param from the same place as an index into the current chunk
   * @param maxBytes the longest it may be
   */
  open(offset: number, from: number, maxBytes: number): void {
    this.isOpen = true;
    this.offset = offset;
    this.from = from;
    this.maxBytes = maxBytes;
    this.used = 0;
  }

  /** A new chunk has arrived, and the value goes on at `from`. */
  resume(from: number): void {
    this.from = from;
  }

  /**
   * The current chunk ends at `to`, inside the value.
   *
   * @returns false when the value is over its limit; nothing more is kept then
   */
  keep(bytes: Uint8Array, to: number): boolean {
    const total = this.used + to - this.from;
    if (total > this.maxBytes) return false;
    if (total > this.kept.length) {
      const larger = new Uint8Array(Math.max(2 * this.kept.length, total));
      larger.set(this.kept.subarray(0, this.used));
      this.kept = larger;
    }
    this.kept.set(bytes.subarray(this.from, to), this.used);
    this.used = total;
    return true;
  }

  /**
   * The value ends at `to`.
   *
   * @returns its text, or `undefined` when it is over its limit
   */
  close(bytes: Uint8Array, to: number): string | undefined {
    if (this.used === 0) {
      if (to - this.from > this.maxBytes) return undefined;
      this.isOpen = false;
      return Buffer.from(bytes.buffer, bytes.byteOffset + this.from, to - this.from).toString();
    }
    if (!this.keep(bytes, to)) return undefined;
    this.isOpen = false;
    return Buffer.from(this.kept.buffer, 0, this.used).toString();
  }
}
