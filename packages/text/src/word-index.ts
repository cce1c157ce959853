/** Above this many words the index is cut into shards, which grow one by one; cutting it takes some milliseconds. */
const SHARDING_THRESHOLD = 300_000;
const SHARD_BITS = 6;
const FIRST_SLOTS = 128;
/** Of each of the shards: less than a third of it is in use at first. */
const FIRST_SHARD_SLOTS = 16_384;

/** Open addressing with linear probing over slots of two integers: the hash, and the id plus one (0: empty). */
export class Shard {
  slots: Int32Array;
  /** Last slot's number, all ones. */
  mask: number;
  used = 0;
  growAt: number;
  readonly #maxLoad: number;

  constructor(slotCount: number, maxLoad: number) {
    this.#maxLoad = maxLoad;
    this.slots = new Int32Array(2 * slotCount);
    this.mask = slotCount - 1;
    this.growAt = Math.floor(slotCount * maxLoad);
  }

  /** Puts in an id whose hash is in no slot with that id yet. */
  insert(hash: number, id: number): void {
    if (this.used >= this.growAt) this.#grow();
    this.place(hash, id + 1);
    this.used++;
  }

  place(hash: number, marker: number): void {
    const { slots, mask } = this;
    let slot = (hash & mask) << 1;
    while (slots[slot + 1] !== 0) slot = (((slot >> 1) + 1) & mask) << 1;
    slots[slot] = hash;
    slots[slot + 1] = marker;
  }

  #grow(): void {
    const old = this.slots;
    const slotCount = 2 * (this.mask + 1);
    this.slots = new Int32Array(2 * slotCount);
    this.mask = slotCount - 1;
    this.growAt = Math.floor(slotCount * this.#maxLoad);
    for (let slot = 0; slot < old.length; slot += 2) {
      if (old[slot + 1] !== 0) this.place(old[slot] as number, old[slot + 1] as number);
    }
  }
}

/**
 * From hashes to ids. One shard up to {@link SHARDING_THRESHOLD} words; then 64, chosen by the top bits of the hash. Each shard has
 * a maximum load of its own, so that they double at different times and no single write pays for all of them.
 */
export class WordIndex {
  /** The only shard; while {@link shards} is set, unused. */
  whole = new Shard(FIRST_SLOTS, 0.6);
  shards: Shard[] | undefined;

  shardOf(hash: number): Shard {
    return this.shards === undefined ? this.whole : (this.shards[hash >>> (32 - SHARD_BITS)] as Shard);
  }

  /** Puts in an id that is not there yet. */
  insert(hash: number, id: number): void {
    if (id === SHARDING_THRESHOLD) this.#split();
    this.shardOf(hash).insert(hash, id);
  }

  #split(): void {
    const shardCount = 1 << SHARD_BITS;
    const { slots } = this.whole;
    this.shards = Array.from(
      { length: shardCount },
      (_, i) => new Shard(FIRST_SHARD_SLOTS, 0.55 + (0.25 * i) / shardCount),
    );
    for (let slot = 0; slot < slots.length; slot += 2) {
      const marker = slots[slot + 1] as number;
      if (marker !== 0) this.shardOf(slots[slot] as number).insert(slots[slot] as number, marker - 1);
    }
    this.whole = new Shard(1, 1);
  }
}
