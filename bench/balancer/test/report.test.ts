import { expect, test } from 'vitest';
import { renderText } from '../../measure/table.ts';
import { contenders } from '../contenders/all.ts';
import type { Sample } from '../measure.ts';
import { readOptions } from '../options.ts';
import { figuresOf, resultOf, tableOf } from '../report.ts';

const sample = (cpuMs: number, errors = 0): Sample => ({
  requests: 1000,
  seconds: 2,
  p50Ms: 0.4,
  p99Ms: 1.5,
  errors,
  cpuNs: cpuMs * 1e6,
  userShare: 0.25,
  residentBytes: 20e6,
  othersShare: 0.05,
});
const named = (name: string) => ({
  name,
  protocol: 'HTTP/1.1' as const,
  log: 'none',
  isJitCompiled: true,
  version: async () => '1',
  start: () => Promise.reject(),
});

test('the cost is processor time over requests, its median between its extremes', () => {
  const result = resultOf(named('nginx'), '1.0', [sample(30), sample(20, 2), sample(22, 1)]);
  expect(result.figures).toEqual({
    cpu_us_per_request: { median: 22, min: 20, max: 30, user: 5.5, system: 16.5 },
    requests_per_s: 500,
    latency_ms: { p50: 0.4, p99: 1.5 },
    requests: 3000,
    errors: 3,
    resident_bytes: 20e6,
    others_share: [0.05, 0.05, 0.05],
  });
});

test('the table compares with nginx, and says what is not installed', () => {
  const { settings } = readOptions([], contenders);
  const results = [
    resultOf(named('flotilla'), '0.1.0', [sample(55)]),
    resultOf(named('nginx'), '1.0', [sample(20)]),
    resultOf(named('haproxy'), undefined, undefined),
  ];
  const machine = { cpu: 'c', cores: 2, memory_bytes: 2 ** 30, os: 'o', node: 'v24' };
  const report = { machine, load: 'wrk', settings, results };
  const lines = renderText(tableOf(report)).split('\n');
  expect(lines.find((line) => line.startsWith('flotilla '))).toMatch(/55\.0 \(55\.0–55\.0\) +2\.75x +25 % +500 /);
  expect(lines.find((line) => line.startsWith('haproxy '))).toContain('not installed');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(115);
  expect(figuresOf(report)).toMatchObject([{ measured: 2.75, side: 'at most' }]);
  expect(figuresOf({ ...report, results: results.slice(0, 1) })).toEqual([]);
});

test('gRPC is compared with nginx too, and with a relay that does nothing but pass it on', () => {
  const { settings } = readOptions([], contenders);
  const results = [
    resultOf(named('nginx'), '1.0', [sample(20)]),
    resultOf(named('flotilla gRPC'), '0.1.0', [sample(70)]),
    resultOf(named('bare HTTP/2 relay'), 'v24', [sample(50)]),
  ];
  const machine = { cpu: 'c', cores: 2, memory_bytes: 2 ** 30, os: 'o', node: 'v24' };
  const report = { machine, load: 'wrk, h2load 1.0 for gRPC', settings, results };
  expect(figuresOf(report)).toMatchObject([{ name: expect.stringContaining('gRPC'), measured: 3.5, side: 'at most' }]);
  expect(tableOf(report).notes).toContainEqual(expect.stringContaining('nothing: 2.50x nginx'));
  const without = { ...report, results: [resultOf(named('flotilla gRPC'), undefined, undefined)] };
  expect(tableOf(without).notes).toContainEqual(expect.stringContaining('nghttp2-client'));
  expect(figuresOf(without)).toEqual([]);
});

test('options that cannot be are refused with what is allowed', () => {
  expect(() => readOptions(['--seconds', '0.5'], contenders)).toThrow('--seconds must be a whole number from 1');
  expect(() => readOptions(['--only', 'apache'], contenders)).toThrow('--only takes flotilla, flotilla by node:http');
  expect(readOptions(['--only', 'nginx,flotilla'], contenders).contenders.map(({ name }) => name)).toEqual([
    'flotilla',
    'nginx',
  ]);
});
