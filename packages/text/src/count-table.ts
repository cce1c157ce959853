import { Candidate } from './candidate.js';
import { countKnownWords, type WordList } from './known-words.js';
import { checkLimits, DEFAULT_TABLE_LIMITS, type TableLimits } from './limits.js';
import { finish, SLICE_ENTRIES } from './slices.js';
import { tableToJson } from './table-json.js';
import { tooManyUniqueWords, wordTooLong } from './text-error.js';
import { topWords } from './top-words.js';
import { wordDecoder } from './word-decoder.js';
import { processSeed } from './word-hash.js';
import { ID_MASK, WordIndex } from './word-index.js';
import { WordRecords } from './word-records.js';

export interface CountTableOptions extends TableLimits {
  /** Seed of the hash; for tests. Nothing a table gives out depends on it. Default: one random number per process. */
  readonly seed: number;
}

/** How often each word occurs: a hash table over bytes that remembers the order of first appearance. */
export class CountTable {
  readonly limits: TableLimits;
  readonly #seed: number;
  readonly #records = new WordRecords();
  readonly #index = new WordIndex(this.#records);
  readonly #word = new Candidate();

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

  /** Memory of the words and their counts, in bytes. The index comes to a quarter of that at most. */
  get heldBytes(): number {
    return this.#records.heldBytes;
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
    this.#word.read(bytes, start, end, this.#seed);
    this.#count(count);
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
    const { maxWordBytes } = this.limits;
    let word = 0;
    let wordStart = start;
    for (;;) {
      word = countKnownWords(words, word, wordStart, this.#index, this.#records, this.#seed, maxWordBytes);
      if (word > 0) wordStart = (ends[word - 1] as number) + 1;
      if (word >= endCount) return wordStart;
      const end = ends[word++] as number;
      this.add(bytes, wordStart, end, 1);
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
      source.load(id, this.#word);
      if (this.#word.length > maxWordBytes) throw wordTooLong(maxWordBytes);
      if (this.#seed !== other.#seed) this.#word.rehash(this.#seed);
      this.#count(source.countOf(id));
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

  /** Counts {@link #word}. */
  #count(count: number): void {
    const word = this.#word;
    const { slots, mask } = this.#index.shardOf(word.hash);
    for (let slot = word.hash & mask; ; slot = (slot + 1) & mask) {
      const entry = slots[slot] as number;
      if (entry === 0) {
        this.#insert(count);
        break;
      }
      const id = (entry & ID_MASK) - 1;
      if (((entry ^ word.hash) & ~ID_MASK) === 0 && this.#records.holds(id, word)) {
        this.#records.addTo(id, count);
        break;
      }
    }
    word.release();
  }

  #insert(count: number): void {
    if (this.#records.length >= this.limits.maxUniqueWords) throw tooManyUniqueWords(this.limits.maxUniqueWords);
    this.#index.insert(this.#word.hash, this.#records.append(this.#word, count));
  }
}
