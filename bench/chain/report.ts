import { formatMs, formatShare } from '@flotilla/terminal/figures';
import { describeMachine, type Machine } from '../../client/dist/machine.js';
import { sum } from '../../client/dist/quantiles.js';
import type { Figure } from '../measure/figure.ts';
import type { FleetShape } from '../measure/fleet.ts';
import { formatSpread, type Spread, spreadOf } from '../measure/spread.ts';
import { columnsOf, type Table } from '../measure/table.ts';
import type { Measured, Sample, Settings } from './measure.ts';

/** What came out for one fleet and one number of connections. */
export interface Result {
  readonly shape: FleetShape;
  readonly connections: number;
  readonly requests_per_s: Spread;
  readonly latency_ms: { readonly p50: Spread; readonly p99: Spread };
  /** Of all processes of the fleet. */
  readonly fleet_cpu_us_per_request: Spread;
  readonly balancers_cpu_us_per_request: Spread;
  readonly services_cpu_us_per_request: Spread;
  /** Part of the fleet's processor time outside the kernel, 0 to 1. */
  readonly user_share: Spread;
  readonly generator_cpu_us_per_request: Spread;
  /** Of all repetitions. */
  readonly requests: number;
  readonly failed: number;
  readonly wrong: number;
  readonly examples: readonly string[];
  /** Of the machine's processor time, 0 to 1. */
  readonly others_share: Spread;
}

/** Everything that is printed. */
export interface Report extends Measured {
  readonly machine: Machine;
  readonly settings: Settings;
  readonly results: readonly Result[];
}

export function resultsOf(samples: readonly Sample[]): Result[] {
  const groups = Map.groupBy(samples, ({ shape, connections }) => `${shape} ${connections}`);
  return [...groups.values()].map(resultOf);
}

function resultOf(samples: readonly Sample[]): Result {
  const { shape, connections } = samples[0] as Sample;
  const spread = (figure: (sample: Sample) => number) => spreadOf(samples.map(figure));
  const perRequest = (cpuNs: (sample: Sample) => number) =>
    spread((sample) => cpuNs(sample) / 1000 / Math.max(1, sample.requests));
  return {
    shape,
    connections,
    requests_per_s: spread(({ requests, seconds }) => requests / seconds),
    latency_ms: { p50: spread(({ p50Ms }) => p50Ms), p99: spread(({ p99Ms }) => p99Ms) },
    fleet_cpu_us_per_request: perRequest(({ balancerCpuNs, serviceCpuNs }) => balancerCpuNs + serviceCpuNs),
    balancers_cpu_us_per_request: perRequest(({ balancerCpuNs }) => balancerCpuNs),
    services_cpu_us_per_request: perRequest(({ serviceCpuNs }) => serviceCpuNs),
    user_share: spread(({ userShare }) => userShare),
    generator_cpu_us_per_request: perRequest(({ generatorCpuNs }) => generatorCpuNs),
    requests: sum(samples.map(({ requests }) => requests)),
    failed: sum(samples.map(({ failed }) => failed)),
    wrong: sum(samples.map(({ wrong }) => wrong)),
    examples: samples.flatMap(({ examples }) => examples),
    others_share: spread(({ othersShare }) => othersShare),
  };
}

/**
 * What a request costs, and how many there can be, when four balancers and four services have enough to do. The full fleet
 * has four times the services for the same cores: it is shown, and not judged.
 */
export function figuresOf({ results }: Report): Figure[] {
  const judged = results.filter(({ shape }) => shape === 'single');
  if (judged.length === 0) return [];
  const cost = Math.min(...judged.map((each) => each.fleet_cpu_us_per_request.median));
  const rate = Math.max(...judged.map((each) => each.requests_per_s.median));
  return [
    { name: 'chain of 8, 1 KB: fleet CPU per request', measured: cost, bound: 500, side: 'at most', unit: 'µs' },
    { name: 'chain of 8, 1 KB: requests per second', measured: rate, bound: 2500, side: 'at least', unit: '/s' },
  ];
}

const NAMES: Record<FleetShape, string> = { single: '4 balancers + 4 services', full: '4 balancers + 16 services' };

export function tableOf({ machine, settings, results, idle }: Report): Table {
  const { seconds, repetitions, warmUpRequests, maxWarmUpSeconds, texts, textBytes } = settings;
  const rows = results.map((each) => [
    NAMES[each.shape],
    String(each.connections),
    formatSpread(each.requests_per_s, whole),
    formatMs(each.latency_ms.p50.median),
    formatMs(each.latency_ms.p99.median),
    formatSpread(each.fleet_cpu_us_per_request, whole),
    `${whole(each.balancers_cpu_us_per_request.median)} + ${whole(each.services_cpu_us_per_request.median)}`,
    whole(each.generator_cpu_us_per_request.median),
    `${each.failed} / ${each.wrong}`,
    formatShare(each.others_share.median),
  ]);
  return {
    title: 'The chain, JSON requests of 1 KB',
    columns: columnsOf(
      'Fleet',
      'Connections',
      'Requests/s',
      'p50',
      'p99',
      'Fleet CPU µs/request',
      'Balancers + services',
      'Generator µs',
      'Failed / wrong',
      'Others',
    ),
    rows,
    notes: [
      `${describeMachine(machine)}.`,
      `${repetitions} x ${seconds} s each in turn, after ${warmUpRequests} requests through every instance or ${maxWarmUpSeconds} s; median (min–max).`,
      `${texts} texts of ${textBytes} bytes, each another; every answer is compared with what packages/text counts.`,
      'Fleet CPU is user and system time of all its processes over the requests answered. The load generator shares the',
      'cores; its own CPU is apart. Others: what other processes took of the machine meanwhile; it makes a request dearer.',
      ...idle.map(
        ({ shape, cpuMsPerSecond }) =>
          `${NAMES[shape]} without requests: ${whole(cpuMsPerSecond)} ms of CPU per second.`,
      ),
    ],
  };
}

function whole(figure: number): string {
  return figure.toFixed(0);
}
