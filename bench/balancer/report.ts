import { formatBytes, formatMs, formatRatio, formatShare } from '@flotilla/terminal/figures';
import { describeMachine, type Machine } from '../../client/dist/machine.js';
import { median, sum } from '../../client/dist/quantiles.js';
import type { Figure } from '../measure/figure.ts';
import { columnsOf, type Table } from '../measure/table.ts';
import type { Contender } from './contender.ts';
import type { Sample, Settings } from './measure.ts';

/** What came out for a contender: medians of its repetitions unless said. */
export interface Result {
  readonly name: string;
  /** Null: not installed. */
  readonly version: string | null;
  readonly log: string;
  readonly figures: Figures | null;
}

interface Figures {
  readonly cpu_us_per_request: { median: number; min: number; max: number; user: number; system: number };
  readonly requests_per_s: number;
  readonly latency_ms: { p50: number; p99: number };
  /** Of all repetitions. */
  readonly requests: number;
  readonly errors: number;
  readonly resident_bytes: number;
  /** Of the machine's processor time, 0 to 1, in each repetition: the more, the dearer a request. */
  readonly others_share: readonly number[];
}

/** Everything that is printed. */
export interface Report {
  readonly machine: Machine;
  readonly load: string;
  readonly settings: Settings;
  readonly results: readonly Result[];
}

export function resultOf(
  { name, log }: Contender,
  version: string | undefined,
  samples: readonly Sample[] | undefined,
): Result {
  return { name, version: version ?? null, log, figures: samples?.length ? costsOf(samples) : null };
}

function costsOf(samples: readonly Sample[]): Figures {
  const middle = (figure: (sample: Sample) => number) => median(samples.map(figure));
  const costs = samples.map(({ cpuNs, requests }) => cpuNs / 1000 / requests);
  const [cost, userShare] = [median(costs), middle((each) => each.userShare)];
  return {
    cpu_us_per_request: {
      median: cost,
      min: Math.min(...costs),
      max: Math.max(...costs),
      user: cost * userShare,
      system: cost * (1 - userShare),
    },
    requests_per_s: middle(({ requests, seconds }) => requests / seconds),
    latency_ms: { p50: middle(({ p50Ms }) => p50Ms), p99: middle(({ p99Ms }) => p99Ms) },
    requests: sum(samples.map(({ requests }) => requests)),
    errors: sum(samples.map(({ errors }) => errors)),
    resident_bytes: middle(({ residentBytes }) => residentBytes),
    others_share: samples.map(({ othersShare }) => othersShare),
  };
}

const COLUMNS = columnsOf('Proxy', 'CPU µs/request', 'x nginx', 'User', 'Requests/s', 'p50', 'p99', 'Errors', 'RSS');

/** At most 45 µs where nginx takes 17: the ratio carries over to other machines. */
const MAX_RATIO_TO_NGINX = 45 / 17;
/** At most 60 µs where nginx takes 16.5 to proxy HTTP/1.1. */
const MAX_GRPC_RATIO_TO_NGINX = 60 / 16.5;

export function figuresOf({ results }: Report): Figure[] {
  const costOf = (wanted: string) => results.find(({ name }) => name === wanted)?.figures?.cpu_us_per_request.median;
  const nginx = costOf('nginx');
  const multipleOf = (wanted: string, name: string, bound: number): Figure[] => {
    const own = costOf(wanted);
    if (own === undefined || nginx === undefined) return [];
    return [{ name, measured: own / nginx, bound, side: 'at most', unit: 'x' }];
  };
  return [
    ...multipleOf('flotilla', 'one hop: CPU per request, as a multiple of nginx', MAX_RATIO_TO_NGINX),
    ...multipleOf('flotilla gRPC', 'one gRPC hop: CPU per request, as a multiple of nginx', MAX_GRPC_RATIO_TO_NGINX),
  ];
}

export function tableOf({ machine, load, settings, results }: Report): Table {
  const { connections, seconds, warmUpSeconds, repetitions, bodyBytes, cpuProfileFolder } = settings;
  const reference = results.find(({ name }) => name === 'nginx')?.figures?.cpu_us_per_request.median;
  return {
    title: `One hop, ${bodyBytes} bytes each way, keep-alive, round robin over four upstreams`,
    columns: COLUMNS,
    rows: results.map((each) => rowOf(each, reference)),
    notes: [
      `${describeMachine(machine)}.`,
      `${repetitions} x ${seconds} s each in turn, after ${warmUpSeconds} s to warm up those on Node; ${load}, ${connections} connections. Median (min–max).`,
      ...results.flatMap(({ name, version, log }) =>
        version === null ? [] : `${name} ${version}; access log: ${log}.`,
      ),
      'CPU is user and system time of the proxy and its children over the requests answered. The load generator and the',
      'upstream share the cores with it: requests/s and latencies compare within this table only.',
      ...grpcNotes(results, reference),
      ...otherLoad(results),
      ...(cpuProfileFolder ? [`CPU profiles are in ${cpuProfileFolder}; taking them is part of the cost.`] : []),
    ],
  };
}

/** What is left of the cost of a call when the balancer does nothing. */
function grpcNotes(results: readonly Result[], reference = Number.NaN): string[] {
  const find = (wanted: string) => results.find(({ name }) => name === wanted);
  if (find('flotilla gRPC')?.version === null) return ['gRPC is left out: it needs h2load (Debian: nghttp2-client).'];
  const relay = find('bare HTTP/2 relay')?.figures?.cpu_us_per_request.median;
  if (relay === undefined) return [];
  return [
    `gRPC: unary calls, one at a time on each connection. What node:http2 itself costs for one, in a relay that looks at`,
    `nothing: ${formatRatio(relay / reference)} nginx. All others: JSON over HTTP/1.1, nginx included.`,
  ];
}

function otherLoad(results: readonly Result[]): string[] {
  const shares = results.flatMap(({ figures }) => figures?.others_share ?? []);
  if (shares.length === 0) return [];
  const [middle, most] = [formatShare(median(shares)), formatShare(Math.max(...shares))];
  return [`Other processes had ${middle} of the machine meanwhile, at most ${most}; the more, the dearer a request.`];
}

/** @param reference - what nginx takes: a ratio to it carries over to other machines. */
function rowOf({ name, figures }: Result, reference = Number.NaN): string[] {
  if (figures === null) return [name, 'not installed', ...Array.from({ length: COLUMNS.length - 2 }, () => '–')];
  const { cpu_us_per_request: cpu, latency_ms: latency } = figures;
  return [
    name,
    `${formatUs(cpu.median)} (${formatUs(cpu.min)}–${formatUs(cpu.max)})`,
    formatRatio(cpu.median / reference),
    `${((100 * cpu.user) / cpu.median).toFixed(0)} %`,
    figures.requests_per_s.toFixed(0),
    formatMs(latency.p50),
    formatMs(latency.p99),
    String(figures.errors),
    formatBytes(figures.resident_bytes),
  ];
}

function formatUs(us: number): string {
  return us.toFixed(us < 100 ? 1 : 0);
}
