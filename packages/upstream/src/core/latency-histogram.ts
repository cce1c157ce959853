/** Bits of a value that are kept: 32 buckets per power of two, so a bucket is at most 1/32 wide of its value. */
const SUB_BITS = 5;
const SUB_BUCKETS = 2 ** SUB_BITS;
/** 2^29 - 1 microseconds, about 537 s: above any deadline. What is longer counts as this. */
const MAX_MICROS = 2 ** 29 - 1;
const BUCKETS = bucketOf(MAX_MICROS) + 1;
/** How long a window is. Percentiles are over the last one to two of them. */
const WINDOW_MS = 60_000;

/**
 * Latencies of the last minute or two, in log-linear buckets as HdrHistogram has them: values up to 32 microseconds
 * exactly, all others to about 3 %. 6.4 KB, whatever is recorded; recording is an increment.
 */
export class RecentLatencies {
  #current = new Uint32Array(BUCKETS);
  #previous = new Uint32Array(BUCKETS);
  #windowStartMs = Number.NaN;

  /** @param nowMs - The time of the record, which ends a window when it is due. */
  record(latencyMs: number, nowMs: number): void {
    if (!(nowMs - this.#windowStartMs < WINDOW_MS)) this.#turn(nowMs);
    const micros = Math.min(MAX_MICROS, Math.max(0, latencyMs * 1000));
    const bucket = bucketOf(Math.round(micros));
    this.#current[bucket] = (this.#current[bucket] ?? 0) + 1;
  }

  /** Latencies that are held. */
  get count(): number {
    let count = 0;
    for (let bucket = 0; bucket < BUCKETS; bucket++) count += this.#at(bucket);
    return count;
  }

  /**
   * The latency in milliseconds that a share of the tries did not exceed: the upper end of its bucket.
   *
   * @param quantile - From 0 to 1: 0.99 for p99.
   * @returns NaN if none is held.
   */
  quantileMs(quantile: number): number {
    const { count } = this;
    if (count === 0) return Number.NaN;
    let left = Math.max(1, Math.ceil(quantile * count));
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      left -= this.#at(bucket);
      if (left <= 0) return upperEnd(bucket) / 1000;
    }
    return MAX_MICROS / 1000;
  }

  #at(bucket: number): number {
    return (this.#current[bucket] ?? 0) + (this.#previous[bucket] ?? 0);
  }

  #turn(nowMs: number): void {
    const isRecent = nowMs - this.#windowStartMs < 2 * WINDOW_MS;
    [this.#current, this.#previous] = [this.#previous, this.#current];
    this.#current.fill(0);
    if (!isRecent) this.#previous.fill(0);
    this.#windowStartMs = nowMs;
  }
}

function bucketOf(micros: number): number {
  if (micros < SUB_BUCKETS) return micros;
  const exponent = 31 - Math.clz32(micros);
  const shift = exponent - SUB_BITS;
  return (shift + 1) * SUB_BUCKETS + ((micros >>> shift) - SUB_BUCKETS);
}

function upperEnd(bucket: number): number {
  if (bucket < SUB_BUCKETS) return bucket;
  const shift = Math.floor(bucket / SUB_BUCKETS) - 1;
  return ((bucket % SUB_BUCKETS) + SUB_BUCKETS + 1) * 2 ** shift - 1;
}
