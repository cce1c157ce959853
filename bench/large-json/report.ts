import { formatBytes, formatShare } from '@flotilla/terminal/figures';
import { describeMachine, type Machine } from '../../client/dist/machine.js';
import type { Figure } from '../measure/figure.ts';
import type { Peak } from '../measure/fleet.ts';
import { highestByKind } from '../measure/peaks-table.ts';
import { columnsOf, type Table } from '../measure/table.ts';
import type { UploadCost } from '../upload/measure-upload.ts';

export interface Settings {
  readonly sizeBytes: number;
  /** Requests at once. */
  readonly atOnce: readonly number[];
  readonly seed: number;
}

/** What so many requests at once took. */
export interface Run extends UploadCost {
  readonly atOnce: number;
  /** Of every process, in this run. */
  readonly peaks: readonly Peak[];
}

/** Everything that is printed. */
export interface Report {
  readonly machine: Machine;
  readonly settings: Settings;
  readonly runs: readonly Run[];
}

const MAX_PEAK_MB = 1000;

export function figuresOf({ settings, runs }: Report): Figure[] {
  return runs.map(({ atOnce, peaks }) => ({
    name: `${formatBytes(settings.sizeBytes)} of JSON, ${atOnce} at once: most memory of a process`,
    measured: Math.max(...peaks.map(({ bytes }) => bytes)) / 1e6,
    bound: MAX_PEAK_MB,
    side: 'at most',
    unit: 'MB',
  }));
}

export function tableOf({ machine, settings, runs }: Report): Table {
  const kinds = runs[0] ? highestByKind(runs[0].peaks).map(({ name }) => name) : [];
  const line = (name: string, cell: (run: Run) => string) => [name, ...runs.map(cell)];
  const peakOf = ({ peaks }: Run, kind: string) => highestByKind(peaks).find(({ name }) => name === kind)?.bytes ?? 0;
  return {
    title: `Requests of ${formatBytes(settings.sizeBytes)} as JSON, to the fleet of 20`,
    columns: columnsOf('', ...runs.map(({ atOnce }) => `${atOnce} at once`)),
    rows: [
      line('wall time', ({ wallMs }) => `${(wallMs / 1000).toFixed(1)} s`),
      line('fleet CPU', ({ cpuMs }) => `${(cpuMs / 1000).toFixed(1)} s`),
      line('sender CPU', ({ senderCpuMs }) => `${(senderCpuMs / 1000).toFixed(1)} s`),
      line('others', ({ othersShare }) => formatShare(othersShare)),
      ...kinds.map((kind) => line(`most memory, ${kind}`, (run) => formatBytes(peakOf(run, kind)))),
    ],
    notes: [
      `${describeMachine(machine)}.`,
      'One run each, in this order, of one fleet; the answers are right. Memory is resident, shared pages included (VmHWM), of',
      'that instance which had most in the run.',
    ],
  };
}
