import { expect, test } from 'vitest';
import { isMet } from '../../measure/figure.ts';
import type { Sample, Settings } from '../measure.ts';
import { figuresOf, resultsOf, tableOf } from '../report.ts';

const sample = (connections: number, cpuMs: number): Sample => ({
  shape: 'single',
  connections,
  requests: 1000,
  seconds: 0.5,
  p50Ms: 4,
  p99Ms: 15,
  failed: 1,
  wrong: 2,
  examples: ['bench-1: 503'],
  generatorCpuNs: 20e6,
  balancerCpuNs: cpuMs * 1e6,
  serviceCpuNs: 2 * cpuMs * 1e6,
  userShare: 0.75,
  othersShare: 0.05,
});
const machine = { cpu: 'c', cores: 2, memory_bytes: 2 ** 30, os: 'o', node: 'v24' };
const settings: Settings = {
  shapes: ['single'],
  connections: [1, 16],
  seconds: 3,
  repetitions: 3,
  warmUpRequests: 20_000,
  maxWarmUpSeconds: 60,
  texts: 1024,
  textBytes: 1000,
};

test('the cost is processor time of all processes over requests, apart for each number of connections', () => {
  const results = resultsOf([sample(1, 200), sample(16, 150), sample(1, 300), sample(16, 150), sample(1, 100)]);
  expect(results.map(({ connections }) => connections)).toEqual([1, 16]);
  expect(results[0]).toMatchObject({
    requests_per_s: { median: 2000, min: 2000, max: 2000 },
    fleet_cpu_us_per_request: { median: 600, min: 300, max: 900 },
    balancers_cpu_us_per_request: { median: 200 },
    services_cpu_us_per_request: { median: 400 },
    generator_cpu_us_per_request: { median: 20 },
    requests: 3000,
    failed: 3,
    wrong: 6,
  });
  const report = {
    machine,
    settings,
    results,
    samples: [],
    idle: [{ shape: 'single', cpuMsPerSecond: 81.2 }] as const,
  };
  expect(figuresOf(report).map((figure) => [figure.measured, isMet(figure)])).toEqual([
    [450, true],
    [2000, false],
  ]);
  expect(tableOf(report).rows.map((row) => row.slice(1, 6))).toEqual([
    ['1', '2000 (2000–2000)', '4.00 ms', '15.0 ms', '600 (300–900)'],
    ['16', '2000 (2000–2000)', '4.00 ms', '15.0 ms', '450 (450–450)'],
  ]);
  expect(tableOf(report).notes.at(-1)).toBe('4 balancers + 4 services without requests: 81 ms of CPU per second.');
});
