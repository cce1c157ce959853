import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { median, quantile, summarize } from '../src/quantiles.js';
import { formatBytes, formatMs, formatRatio, formatShare, renderTable, TABLE_COLUMNS } from '../src/tables.js';

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

describe('renderTable', () => {
  test('aligns without borders, colours or white space at the ends', () => {
    const table = renderTable(
      [{ head: 'Name' }, { head: 'Count', align: 'right' }],
      [
        ['service1a', '5'],
        ['x', '1,000'],
      ],
    );
    expect(table).toBe(['Name       Count', 'service1a      5', 'x          1,000'].join('\n'));
  });

  test('wraps what is too wide for its column', () => {
    const names = Array.from({ length: 12 }, (_, index) => `a-long-instance-name-${index}`).join(', ');
    const table = renderTable([{ head: 'Served by', maxWidth: 40 }], [[names]]);
    expect(Math.max(...table.split('\n').map((line) => line.length))).toBeLessThan(TABLE_COLUMNS);
    expect(table.replaceAll(/\s+/g, ' ')).toContain('name-11');
  });
});

test('figures are written in units that people read', () => {
  expect([0.25, 9.87654, 123.4, 1500].map(formatMs)).toEqual(['250 µs', '9.88 ms', '123 ms', '1.50 s']);
  expect([0, 999, 1500, 32e6, 2.5e9].map(formatBytes)).toEqual(['0 B', '999 B', '1.5 kB', '32.0 MB', '2.5 GB']);
  expect([1, 0.985, Number.NaN].map(formatShare)).toEqual(['100.0 %', '98.5 %', '–']);
  expect([1.979, Number.POSITIVE_INFINITY].map(formatRatio)).toEqual(['1.98x', '–']);
});
