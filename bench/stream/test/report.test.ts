import { expect, test } from 'vitest';
import { isMet } from '../../measure/figure.ts';
import { type Case, casesOf, type Sample } from '../measure.ts';
import { figuresOf, labelOf, resultsOf, tableOf } from '../report.ts';

const machine = { cpu: 'c', cores: 2, memory_bytes: 2 ** 30, os: 'o', node: 'v24' };
const settings = {
  sizes: [32e6],
  pipelines: [1, 4],
  transfers: ['text', 'json'] as const,
  repetitions: 5,
  warmUpRounds: 2,
  seed: 1,
};

test('everything is measured whole and cut, with tables where parts are merged', () => {
  expect(casesOf(settings).map(labelOf)).toEqual([
    'packages/text, in one process',
    'bare relay, whole',
    'bare relay, cut in 4',
    'fleet, text/plain, whole',
    'fleet, text/plain, cut in 4, with tables',
    'fleet, JSON, whole',
    'fleet, JSON, cut in 4, with tables',
    'fleet, text/plain, cut in 4',
  ]);
  expect(casesOf({ pipelines: [1], transfers: ['text'] })).toHaveLength(3);
});

const COSTS: Record<Case['way'], { cpuMs: number; wallMs: number }> = {
  'text engine': { cpuMs: 200, wallMs: 200 },
  relay: { cpuMs: 250, wallMs: 150 },
  text: { cpuMs: 540, wallMs: 400 },
  json: { cpuMs: 950, wallMs: 500 },
};

test('32 MB are judged by the relay, the text engine, one pipeline and the cores', () => {
  const samples = casesOf(settings).flatMap((each): Sample[] => {
    const cost = { ...COSTS[each.way], senderCpuMs: 50, othersShare: 0 };
    return [60, 0, -60].map((noise) => ({
      ...each,
      ...cost,
      sizeBytes: 32e6,
      cpuMs: cost.cpuMs + noise + (each.pipelines > 1 ? 100 : 0),
    }));
  });
  const report = { machine, settings, results: resultsOf(samples) };
  const rounded = (value: number) => Math.round(value * 1e6) / 1e6;
  expect(figuresOf(report).map(({ measured, bound }) => [rounded(measured), rounded(bound)])).toEqual([
    [0.54, 0.55],
    [0.54, 0.9],
    [0.4, 0.6],
    [0.95, 0.9],
    [0.5, 0.9],
    [0.64, 0.702],
    [0.4, 0.43125],
  ]);
  expect(figuresOf(report).filter((figure) => !isMet(figure))).toHaveLength(1);
  expect(tableOf(report).rows[3]).toEqual([
    '32.0 MB',
    'fleet, text/plain, whole',
    '3',
    '0.40 (0.40–0.40)',
    '0.54 (0.48–0.60)',
    '0.05',
    '80',
    '0.0 %',
  ]);
  expect(figuresOf({ ...report, results: [] })).toEqual([]);
});
