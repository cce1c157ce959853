import { isFailure, type Outcome } from './outcome.js';
import type { GroupView, Strategy } from './strategy.js';

/** Counts of one instance. `requests` are tries; `errors` are those that failed there. */
export interface InstanceCounts {
  requests: number;
  errors: number;
  inFlight: number;
}

/** Counts of the whole group. Over all instances, `requests` is `clientRequests + retries`. */
export interface GroupTotals {
  clientRequests: number;
  retries: number;
  exhausted: number;
  cancelled: number;
}

/** The tries of one request: which instances it has been to, and how each of its tries ended. */
export class Attempts {
  readonly tried: number[] = [];
  readonly outcomes: Outcome[] = [];
}

/**
 * A group of instances: picks one for each try, and keeps the counts. Pure: it carries no bytes, and time and
 * randomness are arguments.
 */
export class Group {
  readonly totals: GroupTotals = { clientRequests: 0, retries: 0, exhausted: 0, cancelled: 0 };
  readonly #counts: InstanceCounts[];
  readonly #strategy: Strategy;
  readonly #view: GroupView;
  #attempts: Attempts = new Attempts();

  constructor(size: number, strategy: Strategy) {
    this.#counts = Array.from({ length: size }, () => ({ requests: 0, errors: 0, inFlight: 0 }));
    this.#strategy = strategy;
    // One view for all picks: making one for each would cost more than picking.
    this.#view = {
      size,
      isEligible: (index) => !this.#attempts.tried.includes(index),
      inFlight: (index) => this.counts(index).inFlight,
    };
  }

  get size(): number {
    return this.#counts.length;
  }

  counts(index: number): InstanceCounts {
    const counts = this.#counts[index];
    if (!counts) throw new RangeError(`no instance ${index} in a group of ${this.size}`);
    return counts;
  }

  /**
   * Begins a try of a request on an instance that it has not been to.
   *
   * @returns The instance's index, or -1 if every instance was tried.
   */
  begin(attempts: Attempts, nowMs: number, random: number): number {
    this.#attempts = attempts;
    const index = this.#strategy.pick(this.#view, nowMs, random);
    if (index === -1) return -1;
    if (attempts.tried.length === 0) this.totals.clientRequests++;
    else this.totals.retries++;
    attempts.tried.push(index);
    const counts = this.counts(index);
    counts.requests++;
    counts.inFlight++;
    return index;
  }

  /** Counts a request for which there is nothing left to try. */
  giveUp(): void {
    this.totals.exhausted++;
  }

  /** Ends the try that was begun last. */
  end(attempts: Attempts, outcome: Outcome): void {
    const index = attempts.tried[attempts.outcomes.length];
    if (index === undefined) throw new Error('a try ended that was not begun');
    attempts.outcomes.push(outcome);
    const counts = this.counts(index);
    counts.inFlight--;
    if (isFailure(outcome)) counts.errors++;
    if (outcome === 'cancelled') this.totals.cancelled++;
  }
}
