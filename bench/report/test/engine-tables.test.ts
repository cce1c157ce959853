import { expect, test } from 'vitest';
import { isMet } from '../../measure/figure.ts';
import { jsonTable, startFigures, startTable, textTable } from '../engine-tables.ts';

const machine = { cpu: 'c', cores: 2, memory_bytes: 2 ** 30, os: 'o', node: 'v24' };

test('what the start took is judged by its medians, of local processes', () => {
  const sample = (readyMs: number) => ({ firstAnswerMs: 3000, readyMs, memoryMib: 1000, busyShare: 0.02 });
  const samples = { local: [sample(5000), sample(4000), sample(9000)], docker: [sample(60_000)] };
  const report = { machine, mode: 'parallel', samples };
  expect(startTable(report).rows).toEqual([
    ['local', '3', '3.0 (3.0–3.0)', '5.0 (4.0–9.0)', '1049 (1049–1049)'],
    ['docker', '1', '3.0 (3.0–3.0)', '60.0 (60.0–60.0)', '1049 (1049–1049)'],
  ]);
  expect(startFigures(report).map(isMet)).toEqual([true, false]);
  expect(startFigures({ ...report, mode: 'sequential' })).toEqual([]);
});

test('text and JSON have a row for each that was measured', () => {
  const row = { name: 'clean', runs: 3, firstMs: 9, medianMs: 4, minMs: 3, maxMs: 9, cpuMs: 5 };
  const text = { source: 'generated', sizeBytes: 32e6, words: 5_000_000, uniqueWords: 90_000 };
  const results = [{ ...row, megabytesPerSecond: 8000, ratioToWc: 0.5 }];
  const table = textTable({ machine, text, pieceBytes: 65_536, agrees: false, results, othersShare: 0.1 });
  expect(table.rows).toEqual([['clean', '3', '4 (3–9)', '5', '8000', '0.50']]);
  expect(table.notes).toContain('Counts differ from those of regular expressions.');
  const rows = [{ name: '  the same by JSON.parse', unit: 'µs a body', median: 1.234, min: 1, max: 2 }] as const;
  const json = { machine, runs: 9, chunkBytes: 65_536, rows, memoryGrowthMb: 0.2, othersShare: 0 };
  expect(jsonTable(json).rows).toEqual([['the same by JSON.parse', '1.23 (1.00–2.00)', 'µs a body']]);
});
