const PAGE_BYTES = 1024 * 1024;
const FIRST_PAGE_BYTES = 1024;
/** Places are counted in units of four bytes, so that a 32-bit place (14 bits of page, 18 of offset) reaches 16 GiB. */
const UNIT_SHIFT = 2;
const OFFSET_BITS = 18;
const OFFSET_MASK = (1 << OFFSET_BITS) - 1;
const MAX_PAGES = 1 << (32 - OFFSET_BITS);

/** Where the bytes of long words live: pages that never move once full, so that growth never copies much. */
export class WordArena {
  readonly #pages: Uint8Array[] = [new Uint8Array(FIRST_PAGE_BYTES)];
  /** Bytes used of the last page. */
  #used = 0;

  /** Memory of all pages. */
  get heldBytes(): number {
    return this.#pages.reduce((sum, page) => sum + page.length, 0);
  }

  /** Copies a word in; returns its place. */
  store(bytes: Uint8Array, start: number, length: number): number {
    this.#makeRoom(length);
    const page = this.#pages.at(-1) as Uint8Array;
    const offset = this.#used;
    for (let at = 0; at < length; at++) page[offset + at] = bytes[start + at] as number;
    this.#used = (offset + length + 3) & -4;
    return ((this.#pages.length - 1) << OFFSET_BITS) | (offset >>> UNIT_SHIFT);
  }

  pageOf(place: number): Uint8Array {
    return this.#pages[place >>> OFFSET_BITS] as Uint8Array;
  }

  offsetOf(place: number): number {
    return (place & OFFSET_MASK) << UNIT_SHIFT;
  }

  /** Grows the first page up to the size of the others; opens a page, of its own for a word longer than one. */
  #makeRoom(length: number): void {
    const page = this.#pages.at(-1) as Uint8Array;
    if (this.#used + length <= page.length) return;
    if (this.#pages.length === 1 && this.#used + length <= PAGE_BYTES) {
      const grown = new Uint8Array(Math.min(PAGE_BYTES, Math.max(2 * page.length, this.#used + length)));
      grown.set(page);
      this.#pages[0] = grown;
      return;
    }
    if (this.#pages.length === MAX_PAGES) throw new RangeError('The words of one table take more than 16 GiB.');
    this.#pages.push(new Uint8Array(Math.max(PAGE_BYTES, length)));
    this.#used = 0;
  }
}
