import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { median, quantile, summarize } from '../src/quantiles.js';

const measurements = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 50 });

describe('quantiles', () => {
  test('interpolate between ranks', () => {
    expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5);
    expect(quantile([10, 20], 0.95)).toBeCloseTo(19.5);
    expect(median([3, 1, 2])).toBe(2);
  });

  test('are ordered, and lie between the smallest and the largest', () => {
    fc.assert(
      fc.property(measurements, (values) => {
        const summary = summarize(values);
        const figures = [summary?.min, summary?.p50, summary?.p95, summary?.p99, summary?.max].map(Number);
        expect(figures).toEqual(figures.toSorted((a, b) => a - b));
        expect(summary?.min).toBe(Math.min(...values));
        expect(summary?.max).toBe(Math.max(...values));
      }),
    );
  });

  test('of nothing are refused', () => {
    expect(summarize([])).toBeUndefined();
    expect(() => quantile([], 0.5)).toThrow(RangeError);
  });
});
