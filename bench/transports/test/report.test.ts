import { expect, test } from 'vitest';
import { isMet } from '../../measure/figure.ts';
import { renderText } from '../../measure/table.ts';
import type { Sample } from '../measure.ts';
import { figuresOf, type Report, resultsOf, tableOf } from '../report.ts';
import { labelOf, type Way, waysOf } from '../way.ts';

const sample = (sizeBytes: number, way: Way, wallMs: number, requests = 1): Sample => ({
  way,
  sizeBytes,
  requests,
  seconds: (requests * wallMs) / 1000,
  p50Ms: wallMs,
  p99Ms: 2 * wallMs,
  failed: 1,
  wrong: 2,
  examples: ['bench-1: 503'],
  generatorCpuNs: requests * 2e6,
  balancerCpuNs: requests * wallMs * 0.25e6,
  serviceCpuNs: requests * wallMs * 0.5e6,
  userShare: 0.75,
  othersShare: 0.05,
});
const report = (samples: readonly Sample[]): Report => ({
  machine: { cpu: 'c', cores: 2, memory_bytes: 2 ** 30, os: 'o', node: 'v24' },
  versions: { undici: '8.0.0' },
  settings: { sizes: [1000], connections: 16, seconds: 2, repetitions: 3, warmUpSeconds: 4 },
  results: resultsOf(samples),
});
const json: Way = { transport: 'rest', form: 'whole' };
const unary: Way = { transport: 'grpc', form: 'whole' };
const streaming: Way = { transport: 'grpc', form: 'streamed' };

test('small texts go whole, large ones in pieces too', () => {
  expect(waysOf(100_000).map(labelOf)).toEqual(['REST, JSON', 'gRPC, unary', 'Connect, unary']);
  expect(waysOf(32_000_000).map(labelOf)).toEqual([
    'REST, JSON',
    'REST, text/plain',
    'gRPC, unary',
    'gRPC, streaming',
    'Connect, unary',
    'Connect, streaming',
  ]);
});

test('each way of each size has its median between its extremes, of time and of processor time per request', () => {
  const times = [8, 4, 6];
  const { results } = report([
    ...times.map((ms) => sample(1000, json, ms, 100)),
    ...times.map((ms) => sample(1000, unary, 2 * ms, 100)),
    sample(100_000, json, 50, 10),
  ]);
  expect(results.map(({ size_bytes, transport }) => [size_bytes, transport])).toEqual([
    [1000, 'rest'],
    [1000, 'grpc'],
    [100_000, 'rest'],
  ]);
  expect(results[0]).toMatchObject({
    repetitions: 3,
    requests: 300,
    wall_ms: { median: 6, min: 4, max: 8 },
    fleet_cpu_ms_per_request: { median: 4.5, min: 3, max: 6 },
    services_cpu_ms_per_request: { median: 3 },
    sender_cpu_ms_per_request: { median: 2 },
    failed: 3,
    wrong: 6,
  });
});

test('32 MB in one message are judged by 32 MB as JSON', () => {
  const samples = [sample(32e6, json, 800), sample(32e6, unary, 600), sample(32e6, streaming, 400)];
  expect(figuresOf(report(samples)).map((figure) => [figure.measured, isMet(figure)])).toEqual([[0.75, true]]);
  expect(figuresOf(report(samples.slice(1)))).toEqual([]);
  expect(figuresOf(report([sample(1000, json, 8), sample(1000, unary, 4)]))).toEqual([]);
});

test('the table has no p99 of what is sent once, and says what it was measured with', () => {
  const { columns, rows, notes } = tableOf(report([sample(1000, json, 4, 100), sample(32e6, unary, 640)]));
  expect(rows).toEqual([
    ['1.0 kB', 'REST, JSON', '4.00 (4.00–4.00)', '8.00 ms', '250', '0.250', '3.00 (3.00–3.00)', '2.00', '3', '5.0 %'],
    ['32.0 MB', 'gRPC, unary', '640 (640–640)', '–', '1.56', '50.0', '480 (480–480)', '2.00', '3', '5.0 %'],
  ]);
  expect(columns).toHaveLength(10);
  expect(notes[1]).toBe('undici 8.0.0.');
  const lines = renderText(tableOf(report([sample(1000, json, 4, 100)]))).split('\n');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(120);
});
