import { formatBytes, formatMs, formatShare } from '@flotilla/terminal/figures';
import { describeMachine, type Machine } from '../../client/dist/machine.js';
import { sum } from '../../client/dist/quantiles.js';
import type { Figure } from '../measure/figure.ts';
import { formatSpread, type Spread, spreadOf } from '../measure/spread.ts';
import { columnsOf, type Table } from '../measure/table.ts';
import type { Sample, Settings } from './measure.ts';
import { isLarge, labelOf, type Way } from './way.ts';

/** What came out for one way of a text of one size. */
export interface Result extends Way {
  readonly size_bytes: number;
  readonly repetitions: number;
  /** Of all repetitions. */
  readonly requests: number;
  readonly requests_per_s: Spread;
  /** Of small texts, the median of a repetition; of large ones, the time of the one there is. */
  readonly wall_ms: Spread;
  readonly p99_ms: Spread;
  /** Of all processes of the fleet. */
  readonly fleet_cpu_ms_per_request: Spread;
  readonly balancers_cpu_ms_per_request: Spread;
  readonly services_cpu_ms_per_request: Spread;
  readonly sender_cpu_ms_per_request: Spread;
  readonly failed: number;
  readonly wrong: number;
  readonly examples: readonly string[];
  /** Of the machine's processor time, 0 to 1. */
  readonly others_share: Spread;
}

/** Everything that is printed. */
export interface Report {
  readonly machine: Machine;
  /** Of what the transports are made of. */
  readonly versions: Readonly<Record<string, string>>;
  readonly settings: Settings;
  readonly results: readonly Result[];
}

export function resultsOf(samples: readonly Sample[]): Result[] {
  const groups = Map.groupBy(samples, ({ sizeBytes, way }) => `${sizeBytes} ${labelOf(way)}`);
  return [...groups.values()].map(resultOf);
}

function resultOf(samples: readonly Sample[]): Result {
  const { way, sizeBytes } = samples[0] as Sample;
  const spread = (figure: (sample: Sample) => number) => spreadOf(samples.map(figure));
  const perRequest = (cpuNs: (sample: Sample) => number) =>
    spread((sample) => cpuNs(sample) / 1e6 / Math.max(1, sample.requests));
  return {
    ...way,
    size_bytes: sizeBytes,
    repetitions: samples.length,
    requests: sum(samples.map(({ requests }) => requests)),
    requests_per_s: spread(({ requests, seconds }) => requests / seconds),
    wall_ms: spread(({ p50Ms }) => p50Ms),
    p99_ms: spread(({ p99Ms }) => p99Ms),
    fleet_cpu_ms_per_request: perRequest(({ balancerCpuNs, serviceCpuNs }) => balancerCpuNs + serviceCpuNs),
    balancers_cpu_ms_per_request: perRequest(({ balancerCpuNs }) => balancerCpuNs),
    services_cpu_ms_per_request: perRequest(({ serviceCpuNs }) => serviceCpuNs),
    sender_cpu_ms_per_request: perRequest(({ generatorCpuNs }) => generatorCpuNs),
    failed: sum(samples.map(({ failed }) => failed)),
    wrong: sum(samples.map(({ wrong }) => wrong)),
    examples: samples.flatMap(({ examples }) => examples),
    others_share: spread(({ othersShare }) => othersShare),
  };
}

/** The size that the figure to reach is about. */
const JUDGED_BYTES = 32_000_000;

/** A text in one message takes no longer than in one JSON object. */
export function figuresOf({ results }: Report): Figure[] {
  const wallOf = (wanted: Way['transport']) =>
    results.find(
      ({ size_bytes, transport, form }) => size_bytes === JUDGED_BYTES && transport === wanted && form === 'whole',
    )?.wall_ms.median;
  const [json, grpc] = [wallOf('rest'), wallOf('grpc')];
  if (json === undefined || grpc === undefined) return [];
  const name = "32 MB over gRPC (unary): wall time as a multiple of JSON's";
  return [{ name, measured: grpc / json, bound: 1, side: 'at most', unit: 'x' }];
}

export function tableOf({ machine, versions, settings, results }: Report): Table {
  const { connections, seconds, repetitions, warmUpSeconds } = settings;
  const rows = results.map((each) => [
    formatBytes(each.size_bytes),
    labelOf(each),
    formatSpread(each.wall_ms, milliseconds),
    isLarge(each.size_bytes) ? '–' : formatMs(each.p99_ms.median),
    each.requests_per_s.median.toPrecision(3),
    ((each.requests_per_s.median * each.size_bytes) / 1e6).toPrecision(3),
    formatSpread(each.fleet_cpu_ms_per_request, milliseconds),
    milliseconds(each.sender_cpu_ms_per_request.median),
    String(each.failed + each.wrong),
    formatShare(each.others_share.median),
  ]);
  return {
    title: 'REST, gRPC and Connect through 4 balancers + 4 services',
    columns: [
      { head: 'Size', align: 'right' },
      ...columnsOf('Way', 'Wall ms', 'p99', '/s', 'MB/s', 'Fleet CPU ms', 'Sender ms', 'Errors', 'Others'),
    ],
    rows,
    notes: [
      `${describeMachine(machine)}.`,
      `${Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', ')}.`,
      `${repetitions} repetitions, the transports in turn in each; median (min–max). Small texts: ${connections} connections for`,
      `${seconds} s each, after ${warmUpSeconds} s to warm up; the wall time of a repetition is its p50. A large text: one request, after`,
      'a round to warm up. The texts differ, and every answer is compared with what packages/text counts. The client’s',
      'own code sends them, a process for each transport: small ones from memory, a large one from the disk, so that',
      'its wall time holds reading it and making JSON or a message of it. Fleet CPU is user and system time of all its',
      'processes over the requests answered. The senders share the cores; their own CPU is apart. Errors: failed or',
      'wrong. Others: what other processes took of the machine meanwhile; it makes a request dearer.',
    ],
  };
}

/** Three digits, or as many as there are before the point. */
function milliseconds(ms: number): string {
  return ms < 100 ? ms.toPrecision(3) : ms.toFixed(0);
}
