import { HEAD_BYTES, INLINE_BYTES } from './candidate.js';
import { HIGH, LAST, LENGTH, LOW, PLACE, type WordRecords } from './word-records.js';

/** Where the bytes of one word are. */
export interface WordBytes {
  bytes: Uint8Array;
  start: number;
  end: number;
}

/** Gives a function that points to the bytes of a word; what it returns holds until its next call. */
export function wordReader(records: WordRecords): (id: number) => WordBytes {
  const inline = new Uint8Array(INLINE_BYTES);
  const found: WordBytes = { bytes: inline, start: 0, end: 0 };
  return (id) => {
    const length = records.intAt(id, LENGTH);
    if (length > INLINE_BYTES) {
      const place = records.intAt(id, PLACE);
      found.bytes = records.arena.pageOf(place);
      found.start = records.arena.offsetOf(place);
    } else {
      writeQuad(records.intAt(id, HIGH), inline, 0);
      writeQuad(records.intAt(id, LOW), inline, 4);
      if (length > HEAD_BYTES) writeQuad(records.intAt(id, LAST), inline, length - 4);
      found.bytes = inline;
      found.start = 0;
    }
    found.end = found.start + length;
    return found;
  };
}

/** Gives a function that makes a string of a word. */
export function wordDecoder(records: WordRecords): (id: number) => string {
  const read = wordReader(records);
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  return (id) => {
    const { bytes, start, end } = read(id);
    return decoder.decode(bytes.subarray(start, end));
  };
}

/** Gives a function that compares two words by their bytes: below 0 when the first comes first. */
export function wordComparer(records: WordRecords): (a: number, b: number) => number {
  const readFirst = wordReader(records);
  const readSecond = wordReader(records);
  return (a, b) => {
    // The head has the first byte highest, so it compares as unsigned numbers; most words differ there.
    const high = (records.intAt(a, HIGH) >>> 0) - (records.intAt(b, HIGH) >>> 0);
    if (high !== 0) return high;
    const low = (records.intAt(a, LOW) >>> 0) - (records.intAt(b, LOW) >>> 0);
    if (low !== 0) return low;
    return compareBytes(readFirst(a), readSecond(b));
  };
}

function compareBytes(a: WordBytes, b: WordBytes): number {
  const lengthA = a.end - a.start;
  const lengthB = b.end - b.start;
  const shorter = Math.min(lengthA, lengthB);
  for (let at = HEAD_BYTES; at < shorter; at++) {
    const difference = (a.bytes[a.start + at] as number) - (b.bytes[b.start + at] as number);
    if (difference !== 0) return difference;
  }
  return lengthA - lengthB;
}

function writeQuad(quad: number, target: Uint8Array, at: number): void {
  target[at] = quad >>> 24;
  target[at + 1] = quad >>> 16;
  target[at + 2] = quad >>> 8;
  target[at + 3] = quad;
}
