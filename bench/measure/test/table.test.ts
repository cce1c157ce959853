import { expect, test } from 'vitest';
import { figuresTable, isMet, renderFigures } from '../figure.ts';
import { formatSpread, spreadOf } from '../spread.ts';
import { columnsOf, renderMarkdown, renderText, type Table } from '../table.ts';

const table: Table = {
  title: 'The chain',
  columns: columnsOf('Fleet', 'Requests/s'),
  rows: [
    ['single', '2,640'],
    ['a|b', '1'],
  ],
  notes: ['Two cores.', 'Three times.'],
};

test('a table for a document has its numbers on the right, and no cell ends its row', () => {
  expect(renderMarkdown(table).split('\n')).toEqual([
    '**The chain**',
    '',
    '| Fleet | Requests/s |',
    '|---|---:|',
    '| single | 2,640 |',
    '| a\\|b | 1 |',
    '',
    'Two cores.',
    'Three times.',
  ]);
});

test('a table for a terminal has the same cells', () => {
  expect(renderText(table).split('\n')).toEqual([
    'The chain',
    '',
    'Fleet   Requests/s',
    'single       2,640',
    'a|b              1',
    '',
    'Two cores.',
    'Three times.',
  ]);
});

test('repetitions come to their median between their extremes', () => {
  const spread = spreadOf([30, 10, 11, 12]);
  expect(spread).toEqual({ median: 11.5, min: 10, max: 30 });
  expect(formatSpread(spread, (figure) => figure.toFixed(1))).toBe('11.5 (10.0–30.0)');
});

test('a figure is met up to its bound and from its bound', () => {
  const cost = { name: 'CPU', bound: 500, side: 'at most', unit: 'µs' } as const;
  const rate = { name: 'rate', bound: 2500, side: 'at least', unit: '/s' } as const;
  expect([499, 500, 501].map((measured) => isMet({ ...cost, measured }))).toEqual([true, true, false]);
  expect([2499, 2500].map((measured) => isMet({ ...rate, measured }))).toEqual([false, true]);
  expect(isMet({ ...cost, measured: Number.NaN })).toBe(false);
  const shown = [
    { ...cost, measured: 412.34 },
    { ...rate, measured: 1234.5 },
  ];
  expect(figuresTable(shown).rows).toEqual([
    ['CPU', '412 µs', 'at most 500 µs', 'met'],
    ['rate', '1,235 /s', 'at least 2,500 /s', 'not met'],
  ]);
  expect(renderFigures([{ ...cost, measured: 0.8734, unit: 's' }])).toContain('0.873 s');
});
