/** What a series of measurements says. All in the unit of the measurements. */
export interface Summary {
  readonly count: number;
  readonly min: number;
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/**
 * A quantile by linear interpolation between the two nearest ranks (type 7 of Hyndman and Fan, 1996: what R, NumPy and
 * spreadsheets give).
 *
 * @param sorted - Measurements in ascending order, at least one.
 * @param share - From 0 to 1: 0.5 is the median.
 */
export function quantile(sorted: readonly number[], share: number): number {
  const rank = (sorted.length - 1) * share;
  const below = sorted[Math.floor(rank)];
  const above = sorted[Math.ceil(rank)];
  if (below === undefined || above === undefined) throw new RangeError('a quantile needs at least one measurement');
  return below + (above - below) * (rank - Math.floor(rank));
}

/** The middle of some measurements; at least one. */
export function median(values: readonly number[]): number {
  return quantile(ascending(values), 0.5);
}

/** Undefined: there is nothing to summarise. */
export function summarize(values: readonly number[]): Summary | undefined {
  if (values.length === 0) return undefined;
  const sorted = ascending(values);
  return {
    count: sorted.length,
    min: quantile(sorted, 0),
    mean: sum(sorted) / sorted.length,
    p50: quantile(sorted, 0.5),
    p95: quantile(sorted, 0.95),
    p99: quantile(sorted, 0.99),
    max: quantile(sorted, 1),
  };
}

/** Adds up; 0 for none. */
export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** A sorted copy. */
export function ascending(values: readonly number[]): number[] {
  return values.toSorted((a, b) => a - b);
}
