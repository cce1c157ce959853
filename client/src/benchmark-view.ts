import { formatBytes, formatCount, formatMs, formatShare } from '@flotilla/terminal/figures';
import { type Column, renderTable } from '@flotilla/terminal/tables';
import type { BenchmarkDocument, SustainedDocument } from './benchmark-document.js';
import { describeMachine } from './machine.js';
import { renderError } from './problems.js';
import type { TransportName } from './transport/transport.js';

const FIGURES: readonly Column[] = [{ head: 'Figure' }, { head: 'Value', align: 'right' }, { head: 'Meaning' }];
const INSTANCES: readonly Column[] = [
  { head: 'Instance', maxWidth: 40 },
  { head: 'Requests', align: 'right' },
  { head: 'Errors', align: 'right' },
  { head: 'Share of its stage', align: 'right' },
];
const SUSTAINED: readonly Column[] = [
  { head: 'Connections', align: 'right' },
  { head: 'Requests/s', align: 'right' },
  { head: 'p50', align: 'right' },
  { head: 'p97.5', align: 'right' },
  { head: 'p99', align: 'right' },
  { head: 'max', align: 'right' },
  { head: 'Errors', align: 'right' },
  { head: 'Not 2xx', align: 'right' },
  { head: 'Answer' },
];

/** A benchmark's result, for people. */
export function renderBenchmark(document: BenchmarkDocument): string {
  const { file, size_bytes: size, batches, fleet, transport = 'rest', url, machine, warm_up: warmUp } = document;
  const sections = [
    `${formatCount(batches.iterations)} requests of ${file} (${formatBytes(size)}) in batches of ${batches.batch}\n` +
      `to ${url} (${fleet} fleet) over ${transport}, after ${formatCount(warmUp)} small ones to warm up\non ${describeMachine(machine)}`,
    renderTable(FIGURES, figuresOf(document)),
    ...errorsOf(document),
    document.instances.length > 0 ? renderInstances(document) : 'No balancers, so nothing to share among instances.',
    ...(document.sustained.length > 0 ? [renderSustained(document.sustained, transport)] : []),
  ];
  return `${sections.join('\n\n')}\n`;
}

function figuresOf({ batches }: BenchmarkDocument): string[][] {
  const { latency_ms: latency } = batches;
  const latencies = latency
    ? [
        ['Latency min', formatMs(latency.min), 'from the first byte sent to the last one received'],
        ['Latency mean', formatMs(latency.mean), ''],
        ['Latency p50', formatMs(latency.p50), 'half of the requests took no longer'],
        ['Latency p95', formatMs(latency.p95), ''],
        ['Latency p99', formatMs(latency.p99), ''],
        ['Latency max', formatMs(latency.max), ''],
      ]
    : [];
  return [
    ...latencies,
    ['Throughput', `${batches.requests_per_s.toFixed(1)} /s`, 'requests that succeeded / wall time'],
    ['Text', `${batches.megabytes_per_s.toFixed(2)} MB/s`, 'text counted / wall time'],
    ['Wall time', formatMs(batches.wall_ms), ''],
    ['Parallel efficiency', formatShare(batches.parallel_efficiency), 'sum of latencies / (wall time x batch)'],
    ['Success', formatShare(batches.success_rate), 'answered in time, and the count is right'],
  ];
}

/** Each different error once, with how often it came. */
function errorsOf({ batches }: BenchmarkDocument): string[] {
  const byMessage = Map.groupBy(batches.errors, (error) => `${error.code} ${error.message}`);
  return [...byMessage.values()].map(([first, ...others]) => {
    return first ? `${others.length + 1} failed: ${renderError(first)}` : '';
  });
}

function renderInstances({ instances }: BenchmarkDocument): string {
  const rows = instances.map(({ instance, requests, errors, share }) => [
    instance,
    formatCount(requests),
    formatCount(errors),
    formatShare(share),
  ]);
  return renderTable(INSTANCES, rows);
}

/** Whole milliseconds; 0 is less than one of them. */
function wholeMs(ms: number): string {
  return ms === 0 ? '<1 ms' : `${ms} ms`;
}

function renderSustained(sustained: readonly SustainedDocument[], transport: TransportName): string {
  const rows = sustained.map(({ latency_ms: latency, ...each }) => [
    formatCount(each.connections),
    each.requests_per_s.toFixed(0),
    ...[latency.p50, latency.p97_5, latency.p99, latency.max].map(wholeMs),
    formatCount(each.connection_errors),
    formatCount(each.other_status),
    each.wrong_answer ? 'wrong' : 'right',
  ]);
  const sender = transport === 'rest' ? ' (autocannon)' : '';
  return `Sustained load, a text of 1 kB${sender}\n\n${renderTable(SUSTAINED, rows)}`;
}
