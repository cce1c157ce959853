/** How many are remembered: frames that were under way when a stream ended come soon after. */
const MAX_REMEMBERED = 1024;

/** The last streams of which something was noted. A ring: each stream is noted, and hardly any is asked for. */
export class RecentIds {
  readonly #ids = new Uint32Array(MAX_REMEMBERED);
  #next = 0;

  add(id: number): void {
    this.#ids[this.#next] = id;
    this.#next = (this.#next + 1) % MAX_REMEMBERED;
  }

  /** Of a stream that was never noted, and of one that was long ago, it is false. */
  has(id: number): boolean {
    return this.#ids.includes(id);
  }
}
