import * as hashing from './word-hash.js';
import type { Shard } from './word-index.js';
import * as layout from './word-records.js';

// An imported binding is read anew at each use; constants of the module itself are compiled into the loop.
const { KEY_BYTES, hashKey, hashTailIn } = hashing;
const { COUNT, KEY_HIGH, KEY_LOW, LENGTH, PLACE, RECORD_DOUBLES, RECORD_INTS } = layout;

/** For a word of 0 to 8 bytes: which bits of its first and of its second four bytes belong to it. */
const highMasks = new Int32Array(KEY_BYTES + 1);
const lowMasks = new Int32Array(KEY_BYTES + 1);
for (let length = 1; length <= KEY_BYTES; length++) {
  highMasks[length] = length >= 4 ? -1 : -1 << (32 - 8 * length);
  lowMasks[length] = length <= 4 ? 0 : -1 << (64 - 8 * length);
}

/** Words between white space, in memory that can be read as bytes and as integers. */
export interface WordList {
  bytes: Uint8Array;
  /** Over the same bytes. */
  view: DataView;
  /** Positions of white space, ascending, as `findWordEnds` gives them. */
  ends: Int32Array;
  /** How many of `ends` hold. */
  endCount: number;
}

/**
 * The hot loop of counting: adds one to the count of each word, for as long as the words are known. It calls nothing
 * that could change the table, so the table stays in registers; whoever calls adds the word it stopped at, and calls
 * again. It also stops at a word in the last eight bytes, where keys cannot be read at once.
 *
 * @param shard the whole index of a table whose records are all on their first page
 * @param first number of the first word, counted as `ends` are
 * @param firstStart where that word begins
 * @returns number of the word it stopped at; `endCount` when it counted all
 */
// biome-ignore lint/complexity/noExcessiveCognitiveComplexity: the hot loop; a call per word would cost as much as the word
export function countKnownWords(
  words: WordList,
  first: number,
  firstStart: number,
  shard: Shard,
  records: layout.WordRecords,
  seed: number,
  maxWordBytes: number,
): number {
  const { bytes, view, ends, endCount } = words;
  const { slots, mask } = shard;
  const ints = records.ints[0] as Int32Array;
  const doubles = records.doubles[0] as Float64Array;
  const lastFast = bytes.length - KEY_BYTES;
  let counted = 0;
  let start = firstStart;
  let word = first;
  scan: for (; word < endCount; word++) {
    const end = ends[word] as number;
    const length = end - start;
    if (length > 0) {
      if (start > lastFast || length > maxWordBytes) break;
      let high = view.getInt32(start);
      let low = view.getInt32(start + 4);
      if (length <= KEY_BYTES) {
        high &= highMasks[length] as number;
        low &= lowMasks[length] as number;
      }
      let hash = hashKey(seed, high, low);
      if (length > KEY_BYTES) hash = hashTailIn(hash, view, start, end);
      for (let slot = (hash & mask) << 1; ; slot = (slot + 2) & (mask << 1)) {
        const marker = slots[slot + 1] as number;
        if (marker === 0) break scan;
        if (slots[slot] !== hash) continue;
        const record = (marker - 1) * RECORD_INTS;
        if (
          ints[record + KEY_HIGH] === high &&
          ints[record + KEY_LOW] === low &&
          ints[record + LENGTH] === length &&
          (length <= KEY_BYTES || records.hasTail(ints[record + PLACE] as number, bytes, start, length))
        ) {
          const count = (marker - 1) * RECORD_DOUBLES + COUNT;
          doubles[count] = (doubles[count] as number) + 1;
          counted++;
          break;
        }
      }
    }
    start = end + 1;
  }
  records.total += counted;
  return word;
}
