import { median } from '../../client/dist/quantiles.js';

/** What repetitions came to. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** @param figures - one of each repetition, at least one. */
export function spreadOf(figures: readonly number[]): Spread {
  return { median: median(figures), min: Math.min(...figures), max: Math.max(...figures) };
}

/** `412 (398–455)`. */
export function formatSpread({ median: middle, min, max }: Spread, format: (figure: number) => string): string {
  return `${format(middle)} (${format(min)}–${format(max)})`;
}
