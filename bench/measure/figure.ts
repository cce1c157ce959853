import { renderTable } from '../../client/dist/tables.js';
import { columnsOf } from './table.ts';

/** A figure that is to be reached, and what was measured. */
export interface Figure {
  readonly name: string;
  readonly measured: number;
  readonly bound: number;
  /** Which side of the bound is right. */
  readonly side: 'at most' | 'at least';
  readonly unit: string;
}

export function isMet({ measured, bound, side }: Figure): boolean {
  return side === 'at most' ? measured <= bound : measured >= bound;
}

/** One line for each, with what was to be reached and whether it was. */
export function renderFigures(figures: readonly Figure[]): string {
  return renderTable(columnsOf('Figure', ...FIGURE_HEADS), figures.map(figureCells));
}

const FIGURE_HEADS = ['Measured', 'To reach', ''] as const;

export function figureCells(figure: Figure): string[] {
  const { name, measured, bound, side, unit } = figure;
  return [
    name,
    `${threeDigits(measured)} ${unit}`,
    `${side} ${threeDigits(bound)} ${unit}`,
    isMet(figure) ? 'met' : 'not met',
  ];
}

/** `412`, `0.873`, `2,640`: as many digits as mean something. */
function threeDigits(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value) || 1)));
  return value.toLocaleString('en-US', { minimumFractionDigits: 0, maximumFractionDigits: Math.min(digits, 3) });
}
