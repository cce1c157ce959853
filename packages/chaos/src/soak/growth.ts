/** What a process held at rest, after so many requests. */
export interface Look {
  readonly requests: number;
  /** All that it refers to: its heap, and buffers outside of it, after a full collection. */
  readonly liveBytes: number;
}

/** How many of the last looks are judged, at least. Fewer would be told by the one that is off. */
const MIN_JUDGED_SAMPLES = 5;

/**
 * How fast a process grows in the end, in bytes per request: the median of the slopes between all pairs of the last looks
 * (Theil and Sen). What is lost with every request grows as fast at the end as before. What warms a process up (caches, code
 * that is compiled) grows less and less, and a single look that is off, with a table of metrics or a collection that had not
 * ended, moves no median.
 *
 * @param looks - In their order.
 */
export function growthPerRequest(looks: readonly Look[]): number {
  const judged = looks.slice(-Math.max(MIN_JUDGED_SAMPLES, Math.ceil(looks.length / 2)));
  const slopes = judged.flatMap((later, n) =>
    judged.slice(0, n).map((earlier) => (later.liveBytes - earlier.liveBytes) / (later.requests - earlier.requests)),
  );
  slopes.sort((a, b) => a - b);
  const middle = slopes.length >> 1;
  if (slopes.length % 2 === 1) return slopes[middle] as number;
  return slopes.length === 0 ? 0 : ((slopes[middle - 1] as number) + (slopes[middle] as number)) / 2;
}
