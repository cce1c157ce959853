import type { Command } from '@flotilla/terminal/command-line';
import { formatCount, formatMs, formatRatio, formatShare } from '@flotilla/terminal/figures';
import { renderTable } from '@flotilla/terminal/tables';
import { type BenchmarkDocument, readBenchmark } from '../benchmark-document.js';
import { describeMachine } from '../machine.js';
import type { Context } from '../run-command.js';

/** Declares the command's arguments. */
export function declareBenchmarkCompare(command: Command): Command {
  return command
    .description('two kept benchmark results side by side, with their ratio')
    .argument('<first>', 'JSON that benchmark --save wrote; usually of the sequential fleet')
    .argument('<second>', 'another one; usually of the parallel fleet');
}

export async function runBenchmarkCompare({ output }: Context, firstFile: string, secondFile: string): Promise<void> {
  const [first, second] = await Promise.all([readBenchmark(firstFile), readBenchmark(secondFile)]);
  const rows = compare(first, second);
  output.text(render(first, second, rows));
  output.result({ first: firstFile, second: secondFile, figures: rows.map(({ format, ...row }) => row) });
}

/** One figure of both; a figure that is missing in one of them is null. */
interface Row {
  readonly figure: string;
  readonly first: number | null;
  readonly second: number | null;
  /** How many times better the second is: above 1 it is faster. */
  readonly gain: number | null;
  readonly format: (value: number) => string;
}

function compare(first: BenchmarkDocument, second: BenchmarkDocument): Row[] {
  return [...batchRows(first, second), ...sustainedRows(first, second)];
}

function batchRows({ batches: first }: BenchmarkDocument, { batches: second }: BenchmarkDocument): Row[] {
  const quantiles = ['min', 'mean', 'p50', 'p95', 'p99', 'max'] as const;
  return [
    ...quantiles.map((key) => smaller(`Latency ${key}`, first.latency_ms?.[key], second.latency_ms?.[key])),
    larger('Requests/s', first.requests_per_s, second.requests_per_s, (value) => value.toFixed(1)),
    larger('MB/s', first.megabytes_per_s, second.megabytes_per_s, (value) => value.toFixed(2)),
    larger('Parallel efficiency', first.parallel_efficiency, second.parallel_efficiency, formatShare),
    larger('Success', first.success_rate, second.success_rate, formatShare),
  ];
}

function sustainedRows(first: BenchmarkDocument, second: BenchmarkDocument): Row[] {
  return first.sustained.flatMap((one) => {
    const other = second.sustained.find(({ connections }) => connections === one.connections);
    const prefix = `${one.connections} connections`;
    const count = (value: number) => formatCount(Math.round(value));
    return [
      larger(`${prefix}: requests/s`, one.requests_per_s, other?.requests_per_s, count),
      smaller(`${prefix}: p50`, one.latency_ms.p50, other?.latency_ms.p50),
      smaller(`${prefix}: p99`, one.latency_ms.p99, other?.latency_ms.p99),
    ];
  });
}

function larger(figure: string, first: number, second: number | undefined, format: Row['format']): Row {
  return { figure, first, second: second ?? null, gain: ratio(second, first), format };
}

function smaller(figure: string, first: number | undefined, second: number | undefined): Row {
  return { figure, first: first ?? null, second: second ?? null, gain: ratio(first, second), format: formatMs };
}

/** Null: one of them is missing or 0. */
function ratio(numerator: number | undefined, denominator: number | undefined): number | null {
  return numerator && denominator ? numerator / denominator : null;
}

function render(first: BenchmarkDocument, second: BenchmarkDocument, rows: readonly Row[]): string {
  const cell = (value: number | null, format: Row['format']) => (value === null ? '–' : format(value));
  const [firstHead, secondHead] = heads(first, second);
  const table = renderTable(
    [
      { head: 'Figure' },
      { head: firstHead, align: 'right' },
      { head: secondHead, align: 'right' },
      { head: 'Gain', align: 'right' },
    ],
    rows.map(({ figure, first: one, second: other, gain, format }) => [
      figure,
      cell(one, format),
      cell(other, format),
      formatRatio(gain ?? Number.NaN),
    ]),
  );
  const gain = 'Gain: how many times better the second one is. Above 1.00x it is faster, below 1.00x slower.';
  return `${[describe(first), describe(second), ...differences(first, second), '', table, '', gain].join('\n')}\n`;
}

/** What tells two results apart: their transports, else their fleets, else their order. */
function heads(first: BenchmarkDocument, second: BenchmarkDocument): [string, string] {
  const { fleet: one, transport: oneTransport = 'rest' } = first;
  const { fleet: other, transport: otherTransport = 'rest' } = second;
  if (oneTransport !== otherTransport) return [`${one}, ${oneTransport}`, `${other}, ${otherTransport}`];
  return one === other ? [`${one} 1`, `${other} 2`] : [one, other];
}

function describe({ fleet, transport = 'rest', made_at: madeAt, file, batches, machine }: BenchmarkDocument): string {
  return `${fleet} over ${transport}, ${madeAt}: ${file}, ${batches.iterations} in batches of ${batches.batch}\n  on ${describeMachine(machine)}`;
}

/** What makes a comparison say little. */
function differences(first: BenchmarkDocument, second: BenchmarkDocument): string[] {
  const differs = [
    first.size_bytes !== second.size_bytes && 'texts of different size',
    first.batches.batch !== second.batches.batch && 'batches of different size',
    describeMachine(first.machine) !== describeMachine(second.machine) && 'different machines',
  ].filter((text) => typeof text === 'string');
  return differs.length > 0 ? [`Beware: ${differs.join(', ')}.`] : [];
}
