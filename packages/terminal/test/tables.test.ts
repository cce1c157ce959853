import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { formatBytes, formatDuration, formatMebibytes, formatMs, formatRatio, formatShare } from '../src/figures.js';
import { renderTable, TABLE_COLUMNS } from '../src/tables.js';

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

  test('a coloured cell is as wide as it looks', () => {
    const table = renderTable(
      [{ head: 'State', maxWidth: 40 }, { head: 'Port' }],
      [
        ['\u001b[32mready\u001b[39m', '80'],
        ['failed', '81'],
      ],
    );
    expect(stripVTControlCharacters(table)).toBe(['State   Port', 'ready   80', 'failed  81'].join('\n'));
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
  expect([850, 12_000, 185_000, 7_800_000, 356_400_000].map(formatDuration)).toEqual([
    '850 ms',
    '12 s',
    '3 min 5 s',
    '2 h 10 min',
    '4 d 3 h',
  ]);
  expect(formatMebibytes(47_395_635)).toBe('45.2 MiB');
});
