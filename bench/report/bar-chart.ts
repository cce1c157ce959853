import { COLOURS, drawing, element, INK, textAt, textWidthPx } from './svg.ts';

/** Bars, one below the other, each of one or more parts. */
export interface BarChart {
  readonly title: string;
  /** Names of the parts; none is shown for a single one. */
  readonly parts: readonly string[];
  readonly bars: readonly { readonly label: string; readonly values: readonly number[] }[];
  readonly format: (value: number) => string;
  /** A line that bars are held against. */
  readonly bound?: { readonly value: number; readonly label: string };
}

const BAR_PX = 20;
const GAP_PX = 8;
const TOP_PX = 64;
const MARGIN_PX = 12;
const FULL_PX = 420;

export function barChart({ title, parts, bars, format, bound }: BarChart): string {
  const totals = bars.map(({ values }) => values.reduce((sum, value) => sum + value, 0));
  const most = Math.max(...totals, bound?.value ?? 0) || 1;
  const scale = (value: number) => (value / most) * FULL_PX;
  const leftPx = MARGIN_PX + Math.max(...bars.map(({ label }) => textWidthPx(label)));
  const valuePx = Math.max(...totals.map((total) => textWidthPx(format(total))));
  const bottomPx = TOP_PX + bars.length * (BAR_PX + GAP_PX);
  const drawn = bars.flatMap(({ label, values }, row) => {
    const y = TOP_PX + row * (BAR_PX + GAP_PX);
    const baseline = y + BAR_PX - 5;
    let x = leftPx + MARGIN_PX;
    const rectangles = values.map((value, part) => {
      const rectangle = element('rect', { x, y, width: scale(value), height: BAR_PX, fill: colourOf(part) });
      x += scale(value);
      return rectangle;
    });
    const name = textAt(leftPx, baseline, label, { 'text-anchor': 'end' });
    return [name, ...rectangles, textAt(x + 6, baseline, format(totals[row] ?? 0))];
  });
  const line = bound ? boundLine(leftPx + MARGIN_PX + scale(bound.value), bottomPx, bound.label) : [];
  const widthPx = Math.max(leftPx + FULL_PX + valuePx + 4 * MARGIN_PX, textWidthPx(title) + 2 * MARGIN_PX);
  return drawing(widthPx, bottomPx + MARGIN_PX, title, [...legend(parts), ...drawn, ...line]);
}

function boundLine(x: number, bottomPx: number, label: string): string[] {
  const dashes = { stroke: INK, 'stroke-dasharray': '4 3' };
  return [
    element('line', { x1: x, x2: x, y1: TOP_PX - 6, y2: bottomPx, ...dashes }),
    textAt(x, TOP_PX - 10, label, { 'text-anchor': 'middle' }),
  ];
}

/** What each colour is, from the left. */
export function legend(names: readonly string[], y = 44): string[] {
  if (names.length < 2) return [];
  let x = MARGIN_PX;
  return names.flatMap((name, index) => {
    const drawn = [
      element('rect', { x, y: y - 10, width: 11, height: 11, fill: colourOf(index) }),
      textAt(x + 16, y, name),
    ];
    x += 16 + textWidthPx(name) + 20;
    return drawn;
  });
}

export function colourOf(index: number): string {
  return COLOURS[index % COLOURS.length] as string;
}
