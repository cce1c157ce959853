const FIRST_CAPACITY = 4096;

/** When requests began, and how long they took: two columns that grow, so that a million of them cost 16 MB. */
export class Samples {
  #startsMs = new Float64Array(FIRST_CAPACITY);
  #latenciesMs = new Float64Array(FIRST_CAPACITY);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** @param startMs - of any clock that never goes back, the same for all. */
  add(startMs: number, latencyMs: number): void {
    if (this.#length === this.#startsMs.length) this.#grow();
    this.#startsMs[this.#length] = startMs;
    this.#latenciesMs[this.#length] = latencyMs;
    this.#length++;
  }

  /** Calls for each request, in the order of their ends. */
  forEach(each: (startMs: number, latencyMs: number) => void): void {
    for (let index = 0; index < this.#length; index++) {
      each(this.#startsMs[index] as number, this.#latenciesMs[index] as number);
    }
  }

  #grow(): void {
    this.#startsMs = doubled(this.#startsMs);
    this.#latenciesMs = doubled(this.#latenciesMs);
  }
}

function doubled(column: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(column.length * 2);
  larger.set(column);
  return larger;
}
