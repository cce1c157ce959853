import { SLICE_ENTRIES } from './slices.js';
import { wordDecoder } from './word-decoder.js';
import { KEY_BYTES } from './word-hash.js';
import { KEY_HIGH, KEY_LOW, LENGTH, PLACE, type WordRecords } from './word-records.js';

/** The first `n` words by count, then by code points, in slices: a heap of n ids whose root is the last of them. */
export function* topWords(records: WordRecords, n: number): Generator<void, [word: string, count: number][]> {
  const size = Math.max(0, Math.min(Math.floor(n), records.length));
  const heap: number[] = [];
  for (let id = 0; id < records.length && size > 0; id++) {
    if (heap.length < size) {
      heap.push(id);
      siftUp(records, heap);
    } else if (comesBefore(records, id, heap[0] as number)) {
      heap[0] = id;
      siftDown(records, heap);
    }
    if (id % SLICE_ENTRIES === SLICE_ENTRIES - 1) yield;
  }
  const decodeWord = wordDecoder(records);
  const words: [string, number][] = new Array(heap.length);
  for (let place = heap.length - 1; place >= 0; place--) {
    const id = heap[0] as number;
    words[place] = [decodeWord(id), records.countOf(id)];
    const last = heap.pop() as number;
    if (heap.length > 0) {
      heap[0] = last;
      siftDown(records, heap);
    }
    if (place % SLICE_ENTRIES === SLICE_ENTRIES - 1) yield;
  }
  return words;
}

function siftUp(records: WordRecords, heap: number[]): void {
  let child = heap.length - 1;
  while (child > 0) {
    const parent = (child - 1) >> 1;
    if (comesBefore(records, heap[child] as number, heap[parent] as number)) return;
    swap(heap, child, parent);
    child = parent;
  }
}

function siftDown(records: WordRecords, heap: number[]): void {
  let parent = 0;
  for (;;) {
    let last = 2 * parent + 1;
    if (last >= heap.length) return;
    if (last + 1 < heap.length && comesBefore(records, heap[last] as number, heap[last + 1] as number)) last++;
    if (comesBefore(records, heap[last] as number, heap[parent] as number)) return;
    swap(heap, last, parent);
    parent = last;
  }
}

function swap(heap: number[], a: number, b: number): void {
  const kept = heap[a] as number;
  heap[a] = heap[b] as number;
  heap[b] = kept;
}

function comesBefore(records: WordRecords, a: number, b: number): boolean {
  const difference = records.countOf(a) - records.countOf(b);
  return difference !== 0 ? difference > 0 : compareWords(records, a, b) < 0;
}

/** Byte order. The keys hold the first eight bytes, the first one highest, so they compare as unsigned numbers. */
function compareWords(records: WordRecords, a: number, b: number): number {
  const high = (records.intAt(a, KEY_HIGH) >>> 0) - (records.intAt(b, KEY_HIGH) >>> 0);
  if (high !== 0) return high;
  const low = (records.intAt(a, KEY_LOW) >>> 0) - (records.intAt(b, KEY_LOW) >>> 0);
  if (low !== 0) return low;
  const lengthA = records.intAt(a, LENGTH);
  const lengthB = records.intAt(b, LENGTH);
  const shorter = Math.min(lengthA, lengthB);
  return (shorter > KEY_BYTES ? compareTails(records, a, b, shorter) : 0) || lengthA - lengthB;
}

function compareTails(records: WordRecords, a: number, b: number, length: number): number {
  const placeA = records.intAt(a, PLACE);
  const placeB = records.intAt(b, PLACE);
  const bytesA = records.arena.pageOf(placeA);
  const bytesB = records.arena.pageOf(placeB);
  const startA = records.arena.offsetOf(placeA);
  const startB = records.arena.offsetOf(placeB);
  for (let at = KEY_BYTES; at < length; at++) {
    const difference = (bytesA[startA + at] as number) - (bytesB[startB + at] as number);
    if (difference !== 0) return difference;
  }
  return 0;
}
