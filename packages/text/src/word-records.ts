import { WordArena } from './word-arena.js';
import { KEY_BYTES } from './word-hash.js';

/**
 * Entries to a page. A page never moves once it is full, so growth copies at most one page (24 MiB, some
 * milliseconds) whatever the size of the table.
 */
const PAGE_SHIFT = 20;
const PAGE_MASK = (1 << PAGE_SHIFT) - 1;
const FIRST_PAGE_ENTRIES = 64;

/** An entry: the first eight bytes of the word, its length, where the whole of a longer word is; and the count. */
export const RECORD_INTS = 6;
export const RECORD_DOUBLES = 3;
export const KEY_HIGH = 0;
export const KEY_LOW = 1;
export const LENGTH = 2;
export const PLACE = 3;
/** The count is a double, exact up to 2^53; it is the third of the record's three. */
export const COUNT = 2;

/** The words and their counts, in order of first appearance; the id of a word is its place in that order. */
export class WordRecords {
  readonly arena = new WordArena();
  readonly ints: Int32Array[] = [];
  readonly doubles: Float64Array[] = [];
  length = 0;
  /** Sum of all counts. */
  total = 0;

  constructor() {
    this.#addPage(FIRST_PAGE_ENTRIES);
  }

  /** Adds a word that is not there yet; returns its id. */
  append(bytes: Uint8Array, start: number, end: number, high: number, low: number, count: number): number {
    const id = this.length++;
    const page = id >>> PAGE_SHIFT;
    this.#makeRoom(page, id & PAGE_MASK);
    const ints = this.ints[page] as Int32Array;
    const record = (id & PAGE_MASK) * RECORD_INTS;
    ints[record + KEY_HIGH] = high;
    ints[record + KEY_LOW] = low;
    ints[record + LENGTH] = end - start;
    if (end - start > KEY_BYTES) ints[record + PLACE] = this.arena.store(bytes, start, end);
    (this.doubles[page] as Float64Array)[(id & PAGE_MASK) * RECORD_DOUBLES + COUNT] = count;
    this.total += count;
    return id;
  }

  /** True when the word `id`, whose key and length are known to fit, has these bytes behind its key. */
  hasTail(place: number, bytes: Uint8Array, start: number, length: number): boolean {
    const page = this.arena.pageOf(place);
    const offset = this.arena.offsetOf(place);
    for (let at = KEY_BYTES; at < length; at++) if (page[offset + at] !== bytes[start + at]) return false;
    return true;
  }

  /** Whether `id` is the word with this key and these bytes. */
  holds(id: number, bytes: Uint8Array, start: number, length: number, high: number, low: number): boolean {
    return (
      this.intAt(id, KEY_HIGH) === high &&
      this.intAt(id, KEY_LOW) === low &&
      this.intAt(id, LENGTH) === length &&
      (length <= KEY_BYTES || this.hasTail(this.intAt(id, PLACE), bytes, start, length))
    );
  }

  intAt(id: number, field: number): number {
    return (this.ints[id >>> PAGE_SHIFT] as Int32Array)[(id & PAGE_MASK) * RECORD_INTS + field] as number;
  }

  countOf(id: number): number {
    return (this.doubles[id >>> PAGE_SHIFT] as Float64Array)[(id & PAGE_MASK) * RECORD_DOUBLES + COUNT] as number;
  }

  addTo(id: number, count: number): void {
    const page = this.doubles[id >>> PAGE_SHIFT] as Float64Array;
    const at = (id & PAGE_MASK) * RECORD_DOUBLES + COUNT;
    page[at] = (page[at] as number) + count;
    this.total += count;
  }

  #makeRoom(page: number, entry: number): void {
    if (page === this.ints.length) {
      this.#addPage(PAGE_MASK + 1);
    } else if (page === 0 && (entry + 1) * RECORD_INTS > (this.ints[0] as Int32Array).length) {
      const grown = new ArrayBuffer((this.ints[0] as Int32Array).byteLength * 2);
      new Int32Array(grown).set(this.ints[0] as Int32Array);
      this.ints[0] = new Int32Array(grown);
      this.doubles[0] = new Float64Array(grown);
    }
  }

  #addPage(entries: number): void {
    const page = new ArrayBuffer(entries * RECORD_INTS * Int32Array.BYTES_PER_ELEMENT);
    this.ints.push(new Int32Array(page));
    this.doubles.push(new Float64Array(page));
  }
}
