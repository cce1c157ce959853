/** The share of a new member at first. Envoy's `min_weight_percent`. */
const FIRST_SHARE = 0.1;

/**
 * The share of its usual work that an instance gets: from a tenth to all of it, linearly over the window.
 *
 * @param startMs - When it came in; -Infinity for those that were there from the start.
 * @param windowMs - 0: no slow start.
 */
export function slowStartShare(startMs: number, windowMs: number, nowMs: number): number {
  const passedMs = nowMs - startMs;
  if (windowMs === 0 || passedMs >= windowMs) return 1;
  return passedMs <= 0 ? FIRST_SHARE : FIRST_SHARE + (1 - FIRST_SHARE) * (passedMs / windowMs);
}
