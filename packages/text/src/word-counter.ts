import { CountTable, type CountTableOptions } from './count-table.js';
import { wordTooLong } from './text-error.js';
import { plainBytes, Utf8Stream } from './utf8-stream.js';
import { findFirstWordEnd, findWordEnds } from './word-ends.js';

/** So much is looked through for ends of words before they are counted: what stays in the nearest cache. */
const BLOCK_BYTES = 8 * 1024;

/** Where the words of a block end. One for all counters: each fills it and reads it in one go. */
const ends = new Int32Array(BLOCK_BYTES);

/**
 * Stage 3: splits text on white space (`\s` of ECMAScript, all of it) and counts the words. It does not clean: words
 * that differ in case or punctuation are different words.
 *
 * Pieces may be cut anywhere. Memory holds the table, and the word that the last piece cut.
 */
export class WordCounter {
  readonly #table: CountTable;
  readonly #utf8 = new Utf8Stream();
  #cutWord = new Uint8Array(0);
  #cutLength = 0;

  /**
   * @param options limits of the table; by default words up to 1 MiB, and 20 million different ones
   * @throws RangeError when a limit makes no sense
   */
  constructor(options: Partial<CountTableOptions> = {}) {
    this.#table = new CountTable(options);
  }

  /** Memory of what was counted so far: see {@link CountTable.heldBytes}. */
  get heldBytes(): number {
    return this.#table.heldBytes;
  }

  /**
   * Counts the next piece.
   *
   * @param utf8 a piece of any size, cut anywhere; it is read, never kept
   * @throws TextError INVALID_UTF8, WORD_TOO_LONG, TOO_MANY_UNIQUE_WORDS
   */
  write(utf8: Uint8Array): void {
    const chunk = plainBytes(utf8);
    this.#utf8.accept(chunk);
    const { head, headLength, bodyStart, bodyEnd } = this.#utf8;
    if (headLength > 0) this.#span(head, 0, headLength);
    if (bodyEnd > bodyStart) this.#span(chunk, bodyStart, bodyEnd);
  }

  /**
   * Ends the text, and counts its last word.
   *
   * @returns the table of all words; the counter is done
   * @throws TextError INVALID_UTF8 when the text ends within a code point, TOO_MANY_UNIQUE_WORDS
   */
  end(): CountTable {
    this.#utf8.end();
    this.#countCutWord();
    return this.#table;
  }

  #span(bytes: Uint8Array, from: number, to: number): void {
    let wordStart = from;
    if (this.#cutLength > 0) {
      wordStart = findFirstWordEnd(bytes, from, to);
      this.#keepCut(bytes, from, wordStart);
      if (wordStart === to) return;
      this.#countCutWord();
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let at = wordStart; at < to; ) {
      const blockEnd = wholeBlock(bytes, at, to);
      const endCount = findWordEnds(bytes, view, at, blockEnd, ends);
      wordStart = this.#table.addAll({ bytes, view, ends, endCount }, wordStart);
      at = blockEnd;
    }
    this.#keepCut(bytes, wordStart, to);
  }

  #keepCut(bytes: Uint8Array, from: number, to: number): void {
    const length = this.#cutLength + to - from;
    const { maxWordBytes } = this.#table.limits;
    if (length > maxWordBytes) throw wordTooLong(maxWordBytes);
    if (length > this.#cutWord.length) {
      const grown = new Uint8Array(Math.max(64, 2 * length));
      grown.set(this.#cutWord.subarray(0, this.#cutLength));
      this.#cutWord = grown;
    }
    this.#cutWord.set(bytes.subarray(from, to), this.#cutLength);
    this.#cutLength = length;
  }

  #countCutWord(): void {
    if (this.#cutLength > 0) this.#table.add(this.#cutWord, 0, this.#cutLength, 1);
    this.#cutLength = 0;
  }
}

/** The end of the next block, moved back to where a code point begins. */
function wholeBlock(bytes: Uint8Array, at: number, to: number): number {
  let end = at + BLOCK_BYTES;
  if (end >= to) return to;
  while (((bytes[end] as number) & 0xc0) === 0x80) end--;
  return end;
}
