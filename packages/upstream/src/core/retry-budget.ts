/** How much of the work may be tries beyond the first pass. */
export interface RetryBudgetLimits {
  /** Part of the live requests, from 0 to 1. */
  readonly share: number;
  /** Allowed whatever the share comes to. */
  readonly min: number;
}

/**
 * Bounds the tries that are under way or waiting out their back-off beyond the first pass: a part of the live requests,
 * and a few whatever that comes to. As Envoy's `retry_budget`; being about what is live at once, it needs no clock.
 */
export class RetryBudget {
  readonly #limits: RetryBudgetLimits;
  #held = 0;

  constructor(limits: RetryBudgetLimits) {
    this.#limits = limits;
  }

  get held(): number {
    return this.#held;
  }

  /** @param live - Tries under way and requests waiting. */
  limit(live: number): number {
    return Math.max(this.#limits.min, Math.floor(this.#limits.share * live));
  }

  tryTake(live: number): boolean {
    if (this.#held >= this.limit(live)) return false;
    this.#held++;
    return true;
  }

  giveBack(): void {
    if (this.#held === 0) throw new Error('a retry was given back that was not taken');
    this.#held--;
  }
}
