import * as candidate from './candidate.js';
import * as hashing from './word-hash.js';
import * as indexing from './word-index.js';
import * as layout from './word-records.js';

// An imported binding is read anew at each use; constants of the module itself are compiled into the loop.
const { HEAD_BYTES, INLINE_BYTES } = candidate;
const { hashHead, hashLast, hashMiddleIn } = hashing;
const { ID_MASK } = indexing;
const { COUNT, HIGH, LAST, LENGTH, LOW, PAGE_SHIFT, PLACE, RECORD_DOUBLES, RECORD_INTS } = layout;
const PAGE_MASK = layout.PAGE_ENTRIES - 1;

/** For a word of 0 to 8 bytes: which bits of its first and of its second four bytes belong to it. */
const highMasks = new Int32Array(HEAD_BYTES + 1);
const lowMasks = new Int32Array(HEAD_BYTES + 1);
for (let length = 1; length <= HEAD_BYTES; length++) {
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
 * that could change the table, so the table stays in registers; the caller adds the word it stopped at, and calls
 * again. It also stops at a word in the last eight bytes, where heads cannot be read at once.
 *
 * @param first number of the first word, counted as `ends` are
 * @param firstStart where that word begins
 * @returns number of the word it stopped at; `endCount` when it counted all
 */
// biome-ignore lint/complexity/noExcessiveCognitiveComplexity: the hot loop; a call per word would cost as much as the word
export function countKnownWords(
  words: WordList,
  first: number,
  firstStart: number,
  index: indexing.WordIndex,
  records: layout.WordRecords,
  seed: number,
  maxWordBytes: number,
): number {
  const { bytes, view, ends, endCount } = words;
  const { isSharded } = index;
  let { slots, mask } = index.whole;
  let ints = records.ints[0] as Int32Array;
  let doubles = records.doubles[0] as Float64Array;
  const lastFast = bytes.length - HEAD_BYTES;
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
      let last = 0;
      let hash: number;
      if (length <= HEAD_BYTES) {
        high &= highMasks[length] as number;
        low &= lowMasks[length] as number;
        hash = hashHead(seed, high, low);
      } else {
        last = view.getInt32(end - 4);
        hash = hashLast(hashHead(seed, high, low), last);
        if (length > INLINE_BYTES) hash = hashMiddleIn(hash, view, start, end);
      }
      if (isSharded) {
        const shard = index.shardOf(hash);
        slots = shard.slots;
        mask = shard.mask;
      }
      for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
        const entry = slots[slot] as number;
        if (entry === 0) break scan;
        if (((entry ^ hash) & ~ID_MASK) !== 0) continue;
        let id = (entry & ID_MASK) - 1;
        if (isSharded) {
          ints = records.ints[id >>> PAGE_SHIFT] as Int32Array;
          doubles = records.doubles[id >>> PAGE_SHIFT] as Float64Array;
          id &= PAGE_MASK;
        }
        const record = id * RECORD_INTS;
        if (
          ints[record + HIGH] === high &&
          ints[record + LOW] === low &&
          ints[record + LAST] === last &&
          ints[record + LENGTH] === length &&
          (length <= INLINE_BYTES || records.hasMiddle(ints[record + PLACE] as number, bytes, start, length))
        ) {
          const count = id * RECORD_DOUBLES + COUNT;
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
