/** When a process that ended by itself is started again. */
export interface BackoffPolicy {
  /** No restart comes sooner. */
  readonly minDelayMs: number;
  /** No restart comes later. */
  readonly maxDelayMs: number;
  /** A process that was ready for this long starts from zero: its next crash counts as its first. */
  readonly healthyAfterMs: number;
}

export const defaultBackoff: BackoffPolicy = { minDelayMs: 100, maxDelayMs: 10_000, healthyAfterMs: 10_000 };

/**
 * Delay before a restart: exponential, with "equal jitter" (half of it fixed, half random), so that processes which
 * died of the same cause do not all come back at the same moment. After
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/.
 *
 * @param crashesInARow - 1 for the first crash.
 * @param random - from 0 to 1.
 * @returns milliseconds, between the policy's bounds.
 */
export function backoffDelayMs(crashesInARow: number, policy: BackoffPolicy, random: number): number {
  const ceiling = Math.min(policy.maxDelayMs, policy.minDelayMs * 2 ** crashesInARow);
  const least = Math.max(policy.minDelayMs, ceiling / 2);
  return least + random * (ceiling - least);
}
