import { NoAnswerError, RefusedError } from './problems.js';

/** How often, and how fast, a request is sent again. */
export interface RetryPolicy {
  /** How many times it is sent at most, to every address that gives no answer. 1: never again. */
  readonly maxTries: number;
  /** The longest first wait; it doubles with every try. */
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
  /** A `Retry-After` beyond this is no delay but an answer: the try counts as the last. */
  readonly maxRetryAfterMs: number;
}

export const DEFAULT_RETRY_POLICY: RetryPolicy = {
  maxTries: 3,
  baseDelayMs: 200,
  maxDelayMs: 5000,
  maxRetryAfterMs: 60_000,
};

/** Answers that may be other ones the next time. 4xx and 500 are not among them: they would come again. */
const RETRYABLE_STATUS = new Set([502, 503, 504]);

/**
 * How long to wait before a request is sent again: full jitter, from 0 to a bound that doubles ("Exponential Backoff
 * And Jitter", AWS Architecture Blog, 2015), and what `Retry-After` asks for before that.
 *
 * @param tries - How often it has been sent, from 1.
 * @param random - A number from 0 up to, but not, 1.
 * @returns Milliseconds; undefined when it must not be sent again.
 */
export function retryDelayMs(
  error: unknown,
  tries: number,
  random: number,
  policy: RetryPolicy = DEFAULT_RETRY_POLICY,
): number | undefined {
  if (tries >= policy.maxTries || !isRetryable(error)) return undefined;
  const askedMs = (error instanceof RefusedError && error.retryAfterMs) || 0;
  if (askedMs > policy.maxRetryAfterMs) return undefined;
  return askedMs + random * Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (tries - 1));
}

function isRetryable(error: unknown): boolean {
  return error instanceof NoAnswerError || (error instanceof RefusedError && RETRYABLE_STATUS.has(error.status));
}

/**
 * Reads a `Retry-After` header in seconds, as the balancers send it.
 *
 * @returns Milliseconds; undefined for a date or anything else.
 */
export function parseRetryAfterMs(value: unknown): number | undefined {
  return typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) * 1000 : undefined;
}
