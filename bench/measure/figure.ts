import { renderTable } from '@flotilla/terminal/tables';
import { columnsOf, type Table } from './table.ts';

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

/** One line for each, with what was to be reached and whether it was; nothing for none. */
export function renderFigures(figures: readonly Figure[]): string {
  if (figures.length === 0) return '';
  const { columns, rows } = figuresTable(figures);
  return renderTable(columns, rows);
}

export function figuresTable(figures: readonly Figure[]): Table {
  const rows = figures.map((figure) => {
    const { name, measured, bound, side, unit } = figure;
    const reached = `${threeDigits(measured)} ${unit}`.trim();
    return [name, reached, `${side} ${threeDigits(bound)} ${unit}`.trim(), isMet(figure) ? 'met' : 'not met'];
  });
  return { title: 'Figures to reach', columns: columnsOf('Figure', 'Measured', 'To reach', ''), rows, notes: [] };
}

/** `412`, `0.873`, `2,640`: as many digits as mean something. */
function threeDigits(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value) || 1)));
  return value.toLocaleString('en-US', { minimumFractionDigits: 0, maximumFractionDigits: Math.min(digits, 3) });
}
