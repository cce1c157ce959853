import { isFailure, type Outcome } from './outcome.js';

/** What may be tried again, and how often. */
export interface RetryPolicy {
  /** Tries of one request in all, hedges included. 1: none is made again. */
  readonly maxTries: number;
  /** Tries after all instances were tried once. 0: none. */
  readonly maxLaterTries: number;
  /** Outcomes after which a later try makes sense: those of a moment, not those of the request. */
  readonly laterOn: ReadonlySet<Outcome>;
  readonly backOffMs: number;
  readonly maxBackOffMs: number;
}

/** What is known of a request whose try has failed. */
export interface RetryFacts {
  /** Whether a byte of the request was sent to the instance. */
  readonly wasSent: boolean;
  /** The route is declared idempotent, or the request has an `Idempotency-Key`. */
  readonly isIdempotent: boolean;
  /** Whether all of its body, as far as it has come, can be sent again. */
  readonly canReplay: boolean;
}

/**
 * Whether another instance may be asked. An instance that was not reached, or was sent nothing, has done nothing; one
 * that was sent something may have done all of it, so that only an idempotent request is safe.
 */
export function isSafeToRetry(outcome: Outcome, facts: RetryFacts): boolean {
  if (!isFailure(outcome) || !facts.canReplay) return false;
  return outcome === 'unreachable' || !facts.wasSent || facts.isIdempotent;
}

/**
 * How long to wait before a later try: full jitter (AWS Architecture Blog, "Exponential Backoff And Jitter").
 *
 * @param laterTries - Later tries of the request so far.
 * @param random - A number in [0, 1).
 */
export function backOffMs(policy: RetryPolicy, laterTries: number, random: number): number {
  return random * Math.min(policy.maxBackOffMs, policy.backOffMs * 2 ** laterTries);
}
