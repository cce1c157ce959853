/** Counts durations into buckets. All there is to do for one is a short search, since there is one for every request. */
export class DurationHistogram {
  /** How many fell into each bucket; the last is for what is above all bounds. */
  readonly counts: number[];
  readonly #boundsSeconds: readonly number[];
  sumSeconds = 0;

  /** @param boundsSeconds - Upper bounds, ascending. */
  constructor(boundsSeconds: readonly number[]) {
    this.#boundsSeconds = boundsSeconds;
    this.counts = new Array(boundsSeconds.length + 1).fill(0);
  }

  observe(seconds: number): void {
    const bounds = this.#boundsSeconds;
    let bucket = 0;
    while (bucket < bounds.length && seconds > (bounds[bucket] as number)) bucket++;
    this.counts[bucket] = (this.counts[bucket] as number) + 1;
    this.sumSeconds += seconds;
  }
}
