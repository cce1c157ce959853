import { SLICE_ENTRIES } from './slices.js';
import { wordComparer, wordDecoder } from './word-decoder.js';
import type { WordRecords } from './word-records.js';

type Order = (a: number, b: number) => boolean;

/** The first `n` words by count, then by code points, in slices: a heap of n ids whose root is the last of them. */
export function* topWords(records: WordRecords, n: number): Generator<void, [word: string, count: number][]> {
  const size = Math.max(0, Math.min(Math.floor(n), records.length));
  const comesBefore = orderOf(records);
  const heap: number[] = [];
  for (let id = 0; id < records.length && size > 0; id++) {
    if (heap.length < size) {
      heap.push(id);
      siftUp(heap, comesBefore);
    } else if (comesBefore(id, heap[0] as number)) {
      heap[0] = id;
      siftDown(heap, comesBefore);
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
      siftDown(heap, comesBefore);
    }
    if (place % SLICE_ENTRIES === SLICE_ENTRIES - 1) yield;
  }
  return words;
}

function orderOf(records: WordRecords): Order {
  const compareWords = wordComparer(records);
  return (a, b) => {
    const difference = records.countOf(a) - records.countOf(b);
    return difference !== 0 ? difference > 0 : compareWords(a, b) < 0;
  };
}

function siftUp(heap: number[], comesBefore: Order): void {
  let child = heap.length - 1;
  while (child > 0) {
    const parent = (child - 1) >> 1;
    if (comesBefore(heap[child] as number, heap[parent] as number)) return;
    swap(heap, child, parent);
    child = parent;
  }
}

function siftDown(heap: number[], comesBefore: Order): void {
  let parent = 0;
  for (;;) {
    let last = 2 * parent + 1;
    if (last >= heap.length) return;
    if (last + 1 < heap.length && comesBefore(heap[last] as number, heap[last + 1] as number)) last++;
    if (comesBefore(heap[last] as number, heap[parent] as number)) return;
    swap(heap, last, parent);
    parent = last;
  }
}

function swap(heap: number[], a: number, b: number): void {
  const kept = heap[a] as number;
  heap[a] = heap[b] as number;
  heap[b] = kept;
}
