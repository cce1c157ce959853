import { formatBytes, formatShare } from '@flotilla/terminal/figures';
import { describeMachine, type Machine } from '../../client/dist/machine.js';
import { median } from '../../client/dist/quantiles.js';
import type { Figure } from '../measure/figure.ts';
import type { Peak } from '../measure/fleet.ts';
import { highestByKind } from '../measure/peaks-table.ts';
import { formatSpread, spreadOf } from '../measure/spread.ts';
import { columnsOf, type Table } from '../measure/table.ts';
import { costSpreadsOf } from '../upload/cost-spreads.ts';
import type { UploadCost } from '../upload/measure-upload.ts';

export interface Settings {
  readonly sizeBytes: number;
  readonly repetitions: number;
  readonly seed: number;
}

/** Everything that is printed. */
export interface Report {
  readonly machine: Machine;
  readonly settings: Settings;
  readonly runs: readonly UploadCost[];
  /** Of every process, over all runs. */
  readonly peaks: readonly Peak[];
}

const MAX_PEAK_MB = 200;
const MIN_MB_PER_S = 80;

export function figuresOf({ settings, runs, peaks }: Report): Figure[] {
  const size = formatBytes(settings.sizeBytes);
  const wallMs = median(runs.map((run) => run.wallMs));
  const highest = Math.max(...peaks.map(({ bytes }) => bytes));
  return [
    {
      name: `${size} streamed: end to end`,
      measured: settings.sizeBytes / 1000 / wallMs,
      bound: MIN_MB_PER_S,
      side: 'at least',
      unit: 'MB/s',
    },
    {
      name: `${size} streamed: most memory of a process`,
      measured: highest / 1e6,
      bound: MAX_PEAK_MB,
      side: 'at most',
      unit: 'MB',
    },
  ];
}

export function tableOf({ machine, settings, runs, peaks }: Report): Table {
  const speed = spreadOf(runs.map(({ wallMs }) => settings.sizeBytes / 1000 / wallMs));
  const { wall_s, cpu_s, sender_cpu_s, others_share } = costSpreadsOf(runs);
  const oneDigit = (value: number) => value.toFixed(1);
  const rows = [
    ['end to end', `${formatSpread(speed, oneDigit)} MB/s`],
    ['wall time', `${formatSpread(wall_s, oneDigit)} s`],
    ['fleet CPU', `${formatSpread(cpu_s, oneDigit)} s`],
    ['sender CPU', `${formatSpread(sender_cpu_s, oneDigit)} s`],
    ...highestByKind(peaks).map(({ name, bytes }) => [`most memory, ${name}`, formatBytes(bytes)]),
  ];
  return {
    title: `${formatBytes(settings.sizeBytes)} of text streamed through the fleet of 20`,
    columns: columnsOf('', 'Measured'),
    rows,
    notes: [
      `${describeMachine(machine)}.`,
      `Runs: ${runs.length}, of a new fleet that is not warmed up; median (min–max). The answers are right. Memory is resident,`,
      'shared pages included (VmHWM), of that instance which had most.',
      `Others had ${formatShare(others_share.median)} of the machine meanwhile.`,
    ],
  };
}
