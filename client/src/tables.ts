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

/**
 * A table as text, without colours, no line of it ending in white space.
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
  const widest = Math.max(column.head.length, ...rows.map((row) => row[index]?.length ?? 0));
  return Math.min(column.maxWidth, widest);
}

const grouped = new Intl.NumberFormat('en-US');

/** `1,234,567`. */
export function formatCount(value: number): string {
  return grouped.format(value);
}

/** `870 µs`, `12.3 ms`, `4.56 s`: three digits that mean something. */
export function formatMs(ms: number): string {
  if (ms < 1) return `${(ms * 1000).toFixed(0)} µs`;
  if (ms < 1000) return `${ms.toPrecision(3)} ms`;
  return `${(ms / 1000).toFixed(2)} s`;
}

/** `512 B`, `1.5 kB`, `32.0 MB`: decimal units, as `32MB` on the command line. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  const power = Math.min(Math.floor(Math.log10(bytes) / 3), units.length);
  return `${(bytes / 1000 ** power).toFixed(1)} ${units[power - 1]}`;
}

/** A share from 0 to 1 as `98.5 %`; not a number: `–`. */
export function formatShare(share: number): string {
  return Number.isFinite(share) ? `${(share * 100).toFixed(1)} %` : '–';
}

/** `1.98x`; not a number: `–`. */
export function formatRatio(ratio: number): string {
  return Number.isFinite(ratio) ? `${ratio.toFixed(2)}x` : '–';
}
