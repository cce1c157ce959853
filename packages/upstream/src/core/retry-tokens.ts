import type { Attempts } from './attempts.js';
import { RetryBudget, type RetryBudgetLimits } from './retry-budget.js';
import type { GroupTotals } from './totals.js';

/** Which tries hold a part of the retry budget: from the grant, through the back-off, to the end of the try. */
export class RetryTokens {
  readonly #budget: RetryBudget;
  readonly #totals: GroupTotals;

  constructor(limits: RetryBudgetLimits, totals: GroupTotals) {
    this.#budget = new RetryBudget(limits);
    this.#totals = totals;
  }

  get held(): number {
    return this.#budget.held;
  }

  /** @param live - Tries under way and requests waiting. */
  limit(live: number): number {
    return this.#budget.limit(live);
  }

  /** Grants the request's next try. False: the budget is used up, which is counted. */
  ask(attempts: Attempts, live: number): boolean {
    if (!this.#budget.tryTake(live)) {
      this.#totals.budgetOverflows++;
      return false;
    }
    attempts.hasGrant = true;
    return true;
  }

  /** The request's next try begins: what was granted is that try's. */
  begin(attempts: Attempts): void {
    if (!attempts.hasGrant) return;
    attempts.hasGrant = false;
    attempts.granted ??= new Set();
    attempts.granted.add(attempts.tried.length);
  }

  end(attempts: Attempts, nth: number): void {
    if (attempts.granted?.delete(nth)) this.#budget.giveBack();
  }

  /** A grant that no try has used. */
  giveBack(attempts: Attempts): void {
    if (!attempts.hasGrant) return;
    attempts.hasGrant = false;
    this.#budget.giveBack();
  }
}
