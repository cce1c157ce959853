import { formatBytes, formatCount, formatShare } from '@flotilla/terminal/figures';
import { describeMachine } from '../../client/dist/machine.js';
import { median } from '../../client/dist/quantiles.js';
import type { JsonReport } from '../json.ts';
import type { Figure } from '../measure/figure.ts';
import { formatSpread, spreadOf } from '../measure/spread.ts';
import { columnsOf, type Table } from '../measure/table.ts';
import type { StartReport } from '../start.ts';
import type { TextReport } from '../text.ts';

/** The text engine beside `wc -w`. */
export function textTable({ machine, text, pieceBytes, results, agrees, othersShare }: TextReport): Table {
  return {
    title: `The text engine, ${formatBytes(text.sizeBytes)}`,
    columns: columnsOf('', 'Runs', 'Wall ms', 'CPU ms', 'MB/s', 'x wc'),
    rows: results.map((row) => [
      row.name,
      String(row.runs),
      formatSpread({ median: row.medianMs, min: row.minMs, max: row.maxMs }, whole),
      whole(row.cpuMs),
      whole(row.megabytesPerSecond),
      row.ratioToWc.toFixed(2),
    ]),
    notes: [
      `${describeMachine(machine)}.`,
      `${formatCount(text.words)} words, ${formatCount(text.uniqueWords)} different, in pieces of ${pieceBytes} bytes; median (min–max).`,
      agrees ? 'Counts agree with those of regular expressions.' : 'Counts differ from those of regular expressions.',
      othersHad(othersShare),
    ],
  };
}

/** The JSON reader beside `JSON.parse`. */
export function jsonTable({ machine, runs, chunkBytes, rows, memoryGrowthMb, othersShare }: JsonReport): Table {
  return {
    title: 'Reading JSON bodies',
    columns: columnsOf('', 'Median (min–max)', ''),
    rows: rows.map(({ name, unit, ...spread }) => [
      name.trim(),
      formatSpread(spread, (value) => value.toFixed(unit === 'MB/s' ? 0 : 2)),
      unit,
    ]),
    notes: [
      `${describeMachine(machine)}. ${runs} runs each, chunks of ${chunkBytes / 1024} KiB.`,
      `One gigabyte through one reader: the resident set grew by ${whole(memoryGrowthMb)} MB at most.`,
      othersHad(othersShare),
    ],
  };
}

/** From `up` to the first answer and to all ready, and memory. */
export function startTable({ machine, mode, samples }: StartReport): Table {
  const rows = Object.entries(samples).map(([runtime, taken]) => [
    runtime,
    String(taken.length),
    formatSpread(spreadOf(taken.map(({ firstAnswerMs }) => firstAnswerMs / 1000)), oneDigit),
    formatSpread(spreadOf(taken.map(({ readyMs }) => readyMs / 1000)), oneDigit),
    formatSpread(spreadOf(taken.map(megabytes)), whole),
  ]);
  const busy = median(Object.values(samples).flatMap((taken) => taken.map(({ busyShare }) => busyShare)));
  return {
    title: `Start of the ${mode} fleet`,
    columns: columnsOf('Runtime', 'Starts', 'First answer s', 'All ready s', 'Memory MB, idle'),
    rows,
    notes: [
      `${describeMachine(machine)}. Median (min–max).`,
      'Memory is PSS of local processes, and what Docker counts for containers, which share fewer pages.',
      `While the fleet idled, ${formatShare(busy)} of the machine was used, by its checks and by others.`,
    ],
  };
}

/** Of the local fleet: Docker's start is for the most part Docker's. */
export function startFigures({ mode, samples }: StartReport): Figure[] {
  const local = samples.local ?? [];
  if (mode !== 'parallel' || local.length === 0) return [];
  const ready = median(local.map(({ readyMs }) => readyMs / 1000));
  const memory = median(local.map(megabytes)) / 1000;
  return [
    { name: 'fleet of 20: ready', measured: ready, bound: 6, side: 'at most', unit: 's' },
    { name: 'fleet of 20: memory when idle', measured: memory, bound: 1, side: 'at most', unit: 'GB' },
  ];
}

function megabytes({ memoryMib }: { readonly memoryMib: number }): number {
  return (memoryMib * 2 ** 20) / 1e6;
}

function othersHad(share: number): string {
  return `Others had ${formatShare(share)} of the machine meanwhile.`;
}

function whole(value: number): string {
  return value.toFixed(0);
}

function oneDigit(value: number): string {
  return value.toFixed(1);
}
