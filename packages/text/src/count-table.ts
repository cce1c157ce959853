import { countKnownWords, type WordList } from './known-words.js';
import { checkLimits, DEFAULT_TABLE_LIMITS, type TableLimits } from './limits.js';
import { finish, SLICE_ENTRIES } from './slices.js';
import { tableToJson } from './table-json.js';
import { tooManyUniqueWords, wordTooLong } from './text-error.js';
import { topWords } from './top-words.js';
import { wordDecoder } from './word-decoder.js';
import { hashKey, hashTail, KEY_BYTES, processSeed, wordKey } from './word-hash.js';
import { WordIndex } from './word-index.js';
import { KEY_HIGH, KEY_LOW, LENGTH, PLACE, WordRecords } from './word-records.js';

const NO_BYTES = new Uint8Array(0);

export interface CountTableOptions extends TableLimits {
  /** Seed of the hash; for tests. Nothing a table gives out depends on it. Default: one random number per process. */
  readonly seed: number;
}

/** How often each word occurs: a hash table over bytes that remembers the order of first appearance. */
export class CountTable {
  readonly limits: TableLimits;
  readonly #seed: number;
  readonly #records = new WordRecords();
  readonly #index = new WordIndex();

  /** @throws RangeError when a limit makes no sense */
  constructor(options: Partial<CountTableOptions> = {}) {
    const { seed = processSeed, ...limits } = options;
    this.limits = checkLimits({ ...DEFAULT_TABLE_LIMITS, ...limits });
    this.#seed = seed | 0;
  }

  /** Sum of all counts; exact up to 2^53. */
  get totalWords(): number {
    return this.#records.total;
  }

  get uniqueWords(): number {
    return this.#records.length;
  }

  /**
   * Counts the word `bytes[start .. end)`, `count` times. It is copied where it is new.
   *
   * @param bytes valid UTF-8
   * @param count a whole number from 1
   * @throws TextError WORD_TOO_LONG, TOO_MANY_UNIQUE_WORDS
   */
  add(bytes: Uint8Array, start: number, end: number, count: number): void {
    if (end - start > this.limits.maxWordBytes) throw wordTooLong(this.limits.maxWordBytes);
    this.#add(bytes, start, end, wordKey(bytes, start, end), wordKey(bytes, start + 4, end), count);
  }

  /**
   * Counts words that end in white space, once each.
   *
   * @param start where the first of them begins
   * @returns where the next word begins, behind the last white space
   * @throws TextError WORD_TOO_LONG, TOO_MANY_UNIQUE_WORDS
   */
  addAll(words: WordList, start: number): number {
    const { bytes, ends, endCount } = words;
    let word = 0;
    let wordStart = start;
    for (;;) {
      if (this.#index.shards === undefined) {
        const { maxWordBytes } = this.limits;
        const { whole } = this.#index;
        word = countKnownWords(words, word, wordStart, whole, this.#records, this.#seed, maxWordBytes);
        if (word > 0) wordStart = (ends[word - 1] as number) + 1;
      }
      if (word >= endCount) return wordStart;
      const end = ends[word++] as number;
      if (end > wordStart) this.add(bytes, wordStart, end, 1);
      wordStart = end + 1;
    }
  }

  /**
   * Adds every count of another table; new words come behind those that are there. Merging the tables of consecutive
   * parts, in order, gives the table of the whole to the byte, as long as no part was cut within a word.
   *
   * @throws TextError TOO_MANY_UNIQUE_WORDS, WORD_TOO_LONG
   */
  merge(other: CountTable): void {
    finish(this.mergeSlices(other));
  }

  /** {@link merge}, a slice of some milliseconds at a time: it pauses at each `yield`, and is done when it returns. */
  *mergeSlices(other: CountTable): Generator<void, void> {
    const source = other.#records;
    const { maxWordBytes } = this.limits;
    for (let id = 0; id < source.length; id++) {
      const length = source.intAt(id, LENGTH);
      if (length > maxWordBytes) throw wordTooLong(maxWordBytes);
      const isLong = length > KEY_BYTES;
      const place = source.intAt(id, PLACE);
      const start = isLong ? source.arena.offsetOf(place) : 0;
      const bytes = isLong ? source.arena.pageOf(place) : NO_BYTES;
      this.#add(
        bytes,
        start,
        start + length,
        source.intAt(id, KEY_HIGH),
        source.intAt(id, KEY_LOW),
        source.countOf(id),
      );
      if (id % SLICE_ENTRIES === SLICE_ENTRIES - 1) yield;
    }
  }

  /**
   * The most frequent words: higher count first, then in code-point order (which is the byte order of UTF-8).
   *
   * @param n how many at most
   */
  top(n: number): [word: string, count: number][] {
    return finish(this.topSlices(n));
  }

  /** {@link top}, a slice of some milliseconds at a time; the value it returns at the end is the list. */
  topSlices(n: number): Generator<void, [word: string, count: number][]> {
    return topWords(this.#records, n);
  }

  /** Every word with its count, in order of first appearance. */
  *entries(): Generator<[word: string, count: number]> {
    const decodeWord = wordDecoder(this.#records);
    for (let id = 0; id < this.#records.length; id++) yield [decodeWord(id), this.#records.countOf(id)];
  }

  /**
   * The table as a JSON object, `{"word":count,...}`, in order of first appearance.
   *
   * @returns pieces of about 64 KiB, memory the caller owns; making one takes about a millisecond
   */
  toJson(): Generator<Uint8Array> {
    return tableToJson(this.#records);
  }

  /** For a word of up to eight bytes `bytes` is not read: the key is the word. */
  #add(bytes: Uint8Array, start: number, end: number, high: number, low: number, count: number): void {
    const length = end - start;
    const keyHash = hashKey(this.#seed, high, low);
    const hash = length <= KEY_BYTES ? keyHash : hashTail(keyHash, bytes, start, end);
    const { slots, mask } = this.#index.shardOf(hash);
    for (let slot = (hash & mask) << 1; ; slot = (slot + 2) & (mask << 1)) {
      const marker = slots[slot + 1] as number;
      if (marker === 0) {
        this.#insert(bytes, start, end, high, low, hash, count);
        return;
      }
      if (slots[slot] === hash && this.#records.holds(marker - 1, bytes, start, length, high, low)) {
        this.#records.addTo(marker - 1, count);
        return;
      }
    }
  }

  #insert(bytes: Uint8Array, start: number, end: number, high: number, low: number, hash: number, count: number): void {
    if (this.#records.length >= this.limits.maxUniqueWords) throw tooManyUniqueWords(this.limits.maxUniqueWords);
    this.#index.insert(hash, this.#records.append(bytes, start, end, high, low, count));
  }
}
