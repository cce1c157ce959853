import { HASH, PAGE_ENTRIES, type WordRecords } from './word-records.js';

/**
 * A slot is 0 (empty), or the id plus one under the top seven bits of the hash (which leaves 25 bits: 33 million words), so that a slot of another word hardly
 * ever costs a look at its record.
 */
export const ID_MASK = 0x01ff_ffff;

/** Above this many words the index is cut into shards, which grow one by one. */
const SHARDING_THRESHOLD = PAGE_ENTRIES;
const SHARD_BITS = 6;
const FIRST_SLOTS = 128;
const FIRST_SHARD_SLOTS = 8_192;
const WHOLE_LOAD = 0.6;

/** Open addressing with linear probing. */
export class Shard {
  slots: Int32Array;
  /** Number of the last slot, all ones. */
  mask: number;
  readonly #records: WordRecords;
  readonly #maxLoad: number;
  #used = 0;

  constructor(records: WordRecords, slotCount: number, maxLoad: number) {
    this.#records = records;
    this.#maxLoad = maxLoad;
    this.slots = new Int32Array(slotCount);
    this.mask = slotCount - 1;
  }

  /** Puts in an id that is not there yet. */
  insert(hash: number, id: number): void {
    if (this.#used >= this.slots.length * this.#maxLoad) this.#grow();
    this.#place(hash, id + 1);
    this.#used++;
  }

  #place(hash: number, marker: number): void {
    const { slots, mask } = this;
    let slot = hash & mask;
    while (slots[slot] !== 0) slot = (slot + 1) & mask;
    slots[slot] = (hash & ~ID_MASK) | marker;
  }

  #grow(): void {
    const old = this.slots;
    this.slots = new Int32Array(2 * old.length);
    this.mask = this.slots.length - 1;
    for (const entry of old) {
      const marker = entry & ID_MASK;
      if (marker !== 0) this.#place(this.#records.intAt(marker - 1, HASH), marker);
    }
  }
}

/**
 * From hashes to ids. One shard as long as the records fill no more than one page; then 64. Each of those has a
 * maximum load of its own, so that they double at different times and no single write pays for all of them.
 */
export class WordIndex {
  /** The only shard; empty once there are more. */
  readonly whole: Shard;
  readonly #records: WordRecords;
  #shards: Shard[] | undefined;

  constructor(records: WordRecords) {
    this.#records = records;
    this.whole = new Shard(records, FIRST_SLOTS, WHOLE_LOAD);
  }

  /** Whether there are more shards than one. Until then all records are on their first page. */
  get isSharded(): boolean {
    return this.#shards !== undefined;
  }

  shardOf(hash: number): Shard {
    if (this.#shards === undefined) return this.whole;
    // Slots and their tags use the bits as they are, so the choice of shard mixes them once more.
    return this.#shards[Math.imul(hash, 0x9e3779b1) >>> (32 - SHARD_BITS)] as Shard;
  }

  /** Puts in an id that is not there yet. */
  insert(hash: number, id: number): void {
    if (id === SHARDING_THRESHOLD) this.#split();
    this.shardOf(hash).insert(hash, id);
  }

  #split(): void {
    this.#shards = Array.from(
      { length: 1 << SHARD_BITS },
      (_, i) => new Shard(this.#records, FIRST_SHARD_SLOTS, 0.55 + (0.25 * i) / (1 << SHARD_BITS)),
    );
    for (let id = 0; id < SHARDING_THRESHOLD; id++) {
      const hash = this.#records.intAt(id, HASH);
      this.shardOf(hash).insert(hash, id);
    }
    this.whole.slots = new Int32Array(0);
  }
}
