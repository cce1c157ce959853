import { type Column, renderTable, wordsThenNumbers } from '@flotilla/terminal/tables';

/** What a benchmark shows: the same for a terminal and for a document. */
export interface Table {
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
  /** What a reader must know to read it. */
  readonly notes: readonly string[];
}

/** Columns of which the first holds words and the others numbers. */
export function columnsOf(first: string, ...others: readonly string[]): Column[] {
  return wordsThenNumbers([first], others);
}

export function renderText({ title, columns, rows, notes }: Table): string {
  return [title, '', renderTable(columns, rows), ...(notes.length > 0 ? ['', ...notes] : [])].join('\n');
}

export function renderMarkdown({ title, columns, rows, notes }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const rule = `|${columns.map(({ align }) => (align === 'right' ? '---:' : '---')).join('|')}|`;
  const paragraphs = notes.length > 0 ? ['', notes.join('\n')] : [];
  return [`**${title}**`, '', line(columns.map(({ head }) => head)), rule, ...rows.map(line), ...paragraphs].join('\n');
}
