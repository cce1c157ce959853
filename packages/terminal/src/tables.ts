import { stripVTControlCharacters } from 'node:util';
import Table from 'cli-table3';

/** Every table is readable in a terminal of this many columns. */
export const TABLE_COLUMNS = 100;

/** A column: its head, and where its cells stand. */
export interface Column {
  readonly head: string;
  /** Numbers stand right, words left. Left unless said. */
  readonly align?: 'left' | 'right';
  /** Most columns that it takes; longer cells are wrapped. As wide as its cells unless said. */
  readonly maxWidth?: number;
}

/** Columns that hold words, and behind them those that hold numbers. */
export function wordsThenNumbers(words: readonly string[], numbers: readonly string[] = []): Column[] {
  return [...words.map((head): Column => ({ head })), ...numbers.map((head): Column => ({ head, align: 'right' }))];
}

/**
 * A table as text: no lines between its rows, so that they can be cut and counted with the usual tools; no colours but those
 * of its cells; no line of it ending in white space.
 *
 * @param rows - Cells as text, as many per row as there are columns.
 */
export function renderTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const table = new Table({
    head: columns.map((column) => column.head),
    colAligns: columns.map((column) => column.align ?? 'left'),
    colWidths: columns.map((column, index) => columnWidth(column, index, rows)),
    wordWrap: true,
    chars: PLAIN_LINES,
    // cli-table3 colours heads and borders unless told not to.
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(...rows.map((row) => [...row]));
  const lines = table.toString().split('\n');
  return lines.map((line) => line.trimEnd()).join('\n');
}

/** One line under the head, two spaces between columns. */
const PLAIN_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

/** Null: as wide as its cells. */
function columnWidth(column: Column, index: number, rows: readonly (readonly string[])[]): number | null {
  if (column.maxWidth === undefined) return null;
  const widest = Math.max(column.head.length, ...rows.map((row) => stripVTControlCharacters(row[index] ?? '').length));
  return Math.min(column.maxWidth, widest);
}
