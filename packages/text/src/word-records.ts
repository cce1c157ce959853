import { type Candidate, HEAD_BYTES, INLINE_BYTES } from './candidate.js';
import { WordArena } from './word-arena.js';

export const PAGE_SHIFT = 18;
/**
 * Entries to a page. A page never moves once it is full, so growth copies at most half a page (4 MiB), whatever the
 * size of the table.
 */
export const PAGE_ENTRIES = 1 << PAGE_SHIFT;
const PAGE_MASK = PAGE_ENTRIES - 1;
const FIRST_PAGE_ENTRIES = 64;

/**
 * An entry is 32 bytes, half a line of the cache, so that looking at one is at most one miss: the word in the form of
 * {@link Candidate}, where the whole of a longer word is, its hash, and its count.
 */
export const RECORD_INTS = 8;
export const HIGH = 0;
export const LOW = 1;
export const LAST = 2;
export const LENGTH = 3;
export const PLACE = 4;
export const HASH = 5;
/** The count is a double, exact up to 2^53: the last of the four doubles that a record makes. */
export const RECORD_DOUBLES = 4;
export const COUNT = 3;

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

  /** Memory of the records and of the words themselves. */
  get heldBytes(): number {
    return this.ints.reduce((sum, page) => sum + page.byteLength, this.arena.heldBytes);
  }

  /** Adds a word that is not there yet; returns its id. */
  append(word: Candidate, count: number): number {
    const id = this.length++;
    const page = id >>> PAGE_SHIFT;
    this.#makeRoom(page, id & PAGE_MASK);
    const ints = this.ints[page] as Int32Array;
    const record = (id & PAGE_MASK) * RECORD_INTS;
    ints[record + HIGH] = word.high;
    ints[record + LOW] = word.low;
    ints[record + LAST] = word.last;
    ints[record + LENGTH] = word.length;
    ints[record + HASH] = word.hash;
    if (word.length > INLINE_BYTES) ints[record + PLACE] = this.arena.store(word.bytes, word.start, word.length);
    (this.doubles[page] as Float64Array)[(id & PAGE_MASK) * RECORD_DOUBLES + COUNT] = count;
    this.total += count;
    return id;
  }

  /** Whether `id` is this word. */
  holds(id: number, word: Candidate): boolean {
    const ints = this.ints[id >>> PAGE_SHIFT] as Int32Array;
    const record = (id & PAGE_MASK) * RECORD_INTS;
    return (
      ints[record + HIGH] === word.high &&
      ints[record + LOW] === word.low &&
      ints[record + LAST] === word.last &&
      ints[record + LENGTH] === word.length &&
      (word.length <= INLINE_BYTES ||
        this.hasMiddle(ints[record + PLACE] as number, word.bytes, word.start, word.length))
    );
  }

  /** Whether the word at `place`, whose head, last bytes and length are known to fit, has these bytes between them. */
  hasMiddle(place: number, bytes: Uint8Array, start: number, length: number): boolean {
    const page = this.arena.pageOf(place);
    const offset = this.arena.offsetOf(place);
    for (let at = HEAD_BYTES; at < length - 4; at++) if (page[offset + at] !== bytes[start + at]) return false;
    return true;
  }

  /** Fills in a word of this table; its hash is that of this table's seed. */
  load(id: number, word: Candidate): void {
    word.high = this.intAt(id, HIGH);
    word.low = this.intAt(id, LOW);
    word.last = this.intAt(id, LAST);
    word.length = this.intAt(id, LENGTH);
    word.hash = this.intAt(id, HASH);
    if (word.length > INLINE_BYTES) {
      const place = this.intAt(id, PLACE);
      word.bytes = this.arena.pageOf(place);
      word.start = this.arena.offsetOf(place);
    }
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
      this.#addPage(PAGE_ENTRIES);
    } else if ((entry + 1) * RECORD_INTS > (this.ints[page] as Int32Array).length) {
      const old = this.ints[page] as Int32Array;
      this.ints.pop();
      this.doubles.pop();
      this.#addPage((2 * old.length) / RECORD_INTS);
      (this.ints[page] as Int32Array).set(old);
    }
  }

  #addPage(entries: number): void {
    const page = new ArrayBuffer(entries * RECORD_INTS * Int32Array.BYTES_PER_ELEMENT);
    this.ints.push(new Int32Array(page));
    this.doubles.push(new Float64Array(page));
  }
}
