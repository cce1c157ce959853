import { KEY_BYTES } from './word-hash.js';
import { KEY_HIGH, KEY_LOW, LENGTH, PLACE, type WordRecords } from './word-records.js';

/** Where the bytes of one word are. */
export interface WordBytes {
  bytes: Uint8Array;
  start: number;
  end: number;
}

/** Gives a function that points to the bytes of a word; what it returns holds until its next call. */
export function wordReader(records: WordRecords): (id: number) => WordBytes {
  const key = new Uint8Array(KEY_BYTES);
  const found: WordBytes = { bytes: key, start: 0, end: 0 };
  return (id) => {
    const length = records.intAt(id, LENGTH);
    if (length > KEY_BYTES) {
      const place = records.intAt(id, PLACE);
      found.bytes = records.arena.pageOf(place);
      found.start = records.arena.offsetOf(place);
    } else {
      writeQuad(records.intAt(id, KEY_HIGH), key, 0);
      writeQuad(records.intAt(id, KEY_LOW), key, 4);
      found.bytes = key;
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

function writeQuad(quad: number, target: Uint8Array, at: number): void {
  target[at] = quad >>> 24;
  target[at + 1] = quad >>> 16;
  target[at + 2] = quad >>> 8;
  target[at + 3] = quad;
}
