/** Estimate of an instance that nothing is known of. Linkerd's. */
const START_MS = 30;
/** Time in which a sample loses all but 1/e of its weight. */
const PEAK_TAU_MS = 10_000;
/** The same for the mean that ejection goes by: shorter, since it has no peaks to tell it at once. */
const MEAN_TAU_MS = 5_000;
/** What a failed try counts as at least. One that is refused at once must not look like the fastest of all. */
const FAILURE_MS = 1_000;

/**
 * Peak EWMA of an instance's latency, as in Finagle and Linkerd: it jumps up to a peak at once, and comes down with
 * w = e^(-dt / tau). Reading lets it decay too, so that an instance that is avoided is tried again in the end.
 */
export class PeakEwma {
  #ms = START_MS;
  #atMs = Number.NEGATIVE_INFINITY;

  /** Whether anything was seen of it yet. */
  get isKnown(): boolean {
    return this.#atMs !== Number.NEGATIVE_INFINITY;
  }

  at(nowMs: number): number {
    const passedMs = nowMs - this.#atMs;
    if (passedMs <= 0 || !this.isKnown) return this.#ms;
    return this.#ms * Math.exp(-passedMs / PEAK_TAU_MS);
  }

  observe(latencyMs: number, nowMs: number): void {
    if (latencyMs >= this.#ms) {
      this.#ms = latencyMs;
    } else {
      const weight = this.isKnown ? Math.exp(-Math.max(0, nowMs - this.#atMs) / PEAK_TAU_MS) : 0;
      this.#ms = this.#ms * weight + latencyMs * (1 - weight);
    }
    this.#atMs = Math.max(this.#atMs, nowMs);
  }

  observeFailure(latencyMs: number, nowMs: number): void {
    this.observe(Math.max(latencyMs, FAILURE_MS, this.at(nowMs)), nowMs);
  }

  /** A try that was called off had taken this long: a lower bound. */
  observeCancelled(latencyMs: number, nowMs: number): void {
    if (latencyMs > this.at(nowMs)) this.observe(latencyMs, nowMs);
  }

  reset(): void {
    this.#ms = START_MS;
    this.#atMs = Number.NEGATIVE_INFINITY;
  }
}

/** A mean of latency without peaks, the measure of ejection. Each sample weighs as much as the time since the last. */
export class MeanLatency {
  #ms = Number.NaN;
  #atMs = 0;

  /** NaN before the first sample. */
  get ms(): number {
    return this.#ms;
  }

  observe(latencyMs: number, nowMs: number): void {
    if (Number.isNaN(this.#ms)) {
      this.#ms = latencyMs;
    } else {
      const weight = Math.exp(-Math.max(0, nowMs - this.#atMs) / MEAN_TAU_MS);
      this.#ms = this.#ms * weight + latencyMs * (1 - weight);
    }
    this.#atMs = nowMs;
  }

  reset(): void {
    this.#ms = Number.NaN;
  }
}
