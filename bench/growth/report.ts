import { formatBytes, formatShare } from '@flotilla/terminal/figures';
import { describeMachine, type Machine } from '../../client/dist/machine.js';
import type { Figure } from '../measure/figure.ts';
import { formatSpread } from '../measure/spread.ts';
import { columnsOf, type Table } from '../measure/table.ts';
import { type CostSpreads, costSpreadsOf } from '../upload/cost-spreads.ts';
import type { UploadCost } from '../upload/measure-upload.ts';
import { fitPowerLaw, type PowerLaw } from './fit.ts';

export interface Settings {
  readonly sizes: readonly number[];
  /** Of the smallest size; fewer of larger ones. */
  readonly repetitions: number;
  readonly seed: number;
}

/** What came out for one size. */
export interface Result extends CostSpreads {
  readonly size_bytes: number;
}

/** Everything that is printed. */
export interface Report {
  readonly machine: Machine;
  readonly settings: Settings;
  readonly results: readonly Result[];
  /** Undefined: fewer than two sizes from {@link FITTED_FROM_BYTES}. */
  readonly fits?: { readonly wall: PowerLaw; readonly cpu: PowerLaw };
}

/** Below it, what a request costs whatever its size is too much of the whole. */
const FITTED_FROM_BYTES = 4_000_000;
const MAX_EXPONENT = 1.1;

export function resultOf(sizeBytes: number, runs: readonly UploadCost[]): Result {
  return { size_bytes: sizeBytes, ...costSpreadsOf(runs) };
}

/** Fits the medians. Undefined: there are too few of them. */
export function fitsOf(results: readonly Result[]): Report['fits'] {
  const fitted = results.filter(({ size_bytes }) => size_bytes >= FITTED_FROM_BYTES);
  if (fitted.length < 2) return undefined;
  const lawOf = (figure: (result: Result) => number) =>
    fitPowerLaw(fitted.map((each) => ({ size: each.size_bytes, figure: figure(each) })));
  return { wall: lawOf(({ wall_s }) => wall_s.median), cpu: lawOf(({ cpu_s }) => cpu_s.median) };
}

export function figuresOf({ fits }: Report): Figure[] {
  if (!fits) return [];
  const figure = (name: string, { exponent }: PowerLaw): Figure => ({
    name: `growth with size: exponent of ${name}`,
    measured: exponent,
    bound: MAX_EXPONENT,
    side: 'at most',
    unit: '',
  });
  return [figure('wall time', fits.wall), figure('fleet CPU', fits.cpu)];
}

export function tableOf({ machine, results, fits }: Report): Table {
  const rows = results.map(({ size_bytes, repetitions, wall_s, cpu_s, sender_cpu_s, others_share }) => [
    formatBytes(size_bytes),
    String(repetitions),
    formatSpread(wall_s, seconds),
    formatSpread(cpu_s, seconds),
    seconds(sender_cpu_s.median),
    (size_bytes / 1e6 / wall_s.median).toFixed(0),
    formatShare(others_share.median),
  ]);
  const exponents = fits
    ? [
        `Fitted from ${formatBytes(FITTED_FROM_BYTES)} on: wall time grows with size ^ ${fits.wall.exponent.toFixed(2)}, fleet CPU with size ^ ${fits.cpu.exponent.toFixed(2)}.`,
      ]
    : [];
  return {
    title: 'Growth with size, streamed whole through the fleet of 20',
    columns: [
      { head: 'Size', align: 'right' },
      ...columnsOf('Runs', 'Wall s', 'Fleet CPU s', 'Sender CPU s', 'MB/s', 'Others').map(({ head }) => ({
        head,
        align: 'right' as const,
      })),
    ],
    rows,
    notes: [...exponents, `${describeMachine(machine)}. Median (min–max); every answer is checked.`],
  };
}

function seconds(value: number): string {
  return value.toFixed(value < 1 ? 3 : 2);
}
