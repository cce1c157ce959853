/** When checks change what is thought of an instance. */
export interface HealthPolicy {
  /** Failed checks in a row that make an instance unhealthy. */
  readonly fall: number;
  /** Good checks in a row that make it healthy again. */
  readonly rise: number;
}

/** `unknown` counts as healthy: an instance is used until its checks have failed. */
export type HealthState = 'unknown' | 'healthy' | 'unhealthy';

/** What a check has changed. */
export type HealthTransition = 'none' | 'failed' | 'recovered';

/** What the checks of one instance say. It knows nothing of the tries made there; ejection does that apart. */
export class ActiveHealth {
  state: HealthState = 'unknown';
  /** Whether any check was good since it came in. One that is still starting is not one that comes back. */
  wasEverGood = false;
  /** Good checks since the last bad one. */
  goodInARow = 0;
  badInARow = 0;

  check(isGood: boolean, policy: HealthPolicy): HealthTransition {
    this.goodInARow = isGood ? this.goodInARow + 1 : 0;
    this.badInARow = isGood ? 0 : this.badInARow + 1;
    const isFirst = isGood && !this.wasEverGood;
    this.wasEverGood ||= isGood;
    if (this.state !== 'unhealthy' && this.badInARow >= policy.fall) {
      this.state = 'unhealthy';
      return 'failed';
    }
    if (this.state === 'unhealthy' && (isFirst || this.goodInARow >= policy.rise)) {
      this.state = 'healthy';
      return 'recovered';
    }
    if (this.state === 'unknown' && isGood) this.state = 'healthy';
    return 'none';
  }

  reset(): void {
    this.state = 'unknown';
    this.wasEverGood = false;
    this.goodInARow = 0;
    this.badInARow = 0;
  }
}

/** Part of the interval by which a check is moved at most, either way. */
const JITTER = 0.1;

/**
 * One that was never good is most likely starting, and is asked more often: a fleet whose balancers are up first would
 * else be ready for a second before they know. An instance that never comes costs so many refused connections.
 */
const CHECKS_PER_INTERVAL_AT_START = 4;

/**
 * When to check next. Jitter keeps the checks of many balancers from falling in step.
 *
 * @param nowMs - When the last check ended.
 * @param wasEverGood - Whether a check of the instance was ever good.
 */
export function nextCheckMs(nowMs: number, intervalMs: number, random: number, wasEverGood: boolean): number {
  const distanceMs = wasEverGood ? intervalMs : intervalMs / CHECKS_PER_INTERVAL_AT_START;
  return nowMs + distanceMs * (1 - JITTER + 2 * JITTER * random);
}

/** When to check first: anywhere in the first interval. */
export function firstCheckMs(nowMs: number, intervalMs: number, random: number): number {
  return nowMs + intervalMs * random;
}
