/** How much of something a peer may do at once, and how much more each second. */
export interface RateLimit {
  readonly burst: number;
  readonly perSecond: number;
}

/** A bucket of tokens that fills up again. */
export class Rate {
  readonly #limit: RateLimit;
  #tokens: number;
  #sinceMs = performance.now();

  constructor(limit: RateLimit) {
    this.#limit = limit;
    this.#tokens = limit.burst;
  }

  /** @param count - How many; it may be a part of one. @returns False if that was too many. */
  take(count = 1): boolean {
    this.#tokens -= count;
    if (this.#tokens >= 0) return true;
    const nowMs = performance.now();
    const { burst, perSecond } = this.#limit;
    this.#tokens = Math.min(burst, this.#tokens + ((nowMs - this.#sinceMs) * perSecond) / 1000);
    this.#sinceMs = nowMs;
    return this.#tokens >= 0;
  }
}
