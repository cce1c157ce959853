import { type Figure, renderFigures } from './figure.ts';
import { renderText, type Table } from './table.ts';

/** What a benchmark prints of its report for people: the table, the figures to reach, and whatever else there is to say. */
export function outputOf(
  report: unknown,
  isJson: boolean,
  { table, figures, notes = [] }: { table: Table; figures: readonly Figure[]; notes?: readonly string[] },
): string {
  if (isJson) return JSON.stringify(report, null, 2);
  return [renderText(table), renderFigures(figures), ...notes].filter(Boolean).join('\n\n');
}
