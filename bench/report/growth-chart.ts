import { colourOf, legend } from './bar-chart.ts';
import { drawing, element, PALE, textAt } from './svg.ts';

/** Points over sizes, both axes logarithmic, each series with the power law that was fitted to it. */
export interface GrowthChart {
  readonly title: string;
  readonly formatSize: (size: number) => string;
  readonly formatFigure: (figure: number) => string;
  readonly series: readonly {
    readonly name: string;
    readonly points: readonly { readonly size: number; readonly figure: number }[];
    readonly law?: { readonly exponent: number; readonly factor: number; readonly from: number };
  }[];
}

const PLOT = { left: 70, top: 64, width: 480, height: 300 };
const WIDTH_PX = 580;
const HEIGHT_PX = 400;

export function growthChart({ title, formatSize, formatFigure, series }: GrowthChart): string {
  const points = series.flatMap((each) => each.points);
  const sizes = [...new Set(points.map(({ size }) => size))];
  const figures = decades(points.map(({ figure }) => figure));
  const sizeScale = logScale(sizes, 1.5);
  const figureScale = logScale(figures, 1);
  const x = (size: number) => PLOT.left + sizeScale(size) * PLOT.width;
  const y = (figure: number) => PLOT.top + (1 - figureScale(figure)) * PLOT.height;
  const grid = [
    ...sizes.flatMap((size) => [
      line(x(size), PLOT.top, x(size), PLOT.top + PLOT.height, PALE),
      textAt(x(size), PLOT.top + PLOT.height + 20, formatSize(size), { 'text-anchor': 'middle' }),
    ]),
    ...figures.flatMap((figure) => [
      line(PLOT.left, y(figure), PLOT.left + PLOT.width, y(figure), PALE),
      textAt(PLOT.left - 8, y(figure) + 4, formatFigure(figure), { 'text-anchor': 'end' }),
    ]),
  ];
  const drawn = series.flatMap(({ points: own, law }, index) => {
    const colour = colourOf(index);
    const dots = own.map(({ size, figure }) => element('circle', { cx: x(size), cy: y(figure), r: 4, fill: colour }));
    if (!law) return dots;
    const at = (size: number) => y(law.factor * size ** law.exponent);
    const last = Math.max(...sizes);
    return [...dots, line(x(law.from), at(law.from), x(last), at(last), colour)];
  });
  const names = series.map(({ name }) => name);
  return drawing(WIDTH_PX, HEIGHT_PX, title, [...legend(names), ...grid, ...drawn]);
}

/** @returns where a value stands between the least and the most of some, with a factor of room: from 0 to 1. */
function logScale(values: readonly number[], room: number): (value: number) => number {
  const min = Math.min(...values) / room;
  const max = Math.max(...values) * room;
  return (value) => Math.log(value / min) / Math.log(max / min);
}

/** Powers of ten around some values. */
function decades(values: readonly number[]): number[] {
  const first = Math.floor(Math.log10(Math.min(...values)));
  const last = Math.max(first + 1, Math.ceil(Math.log10(Math.max(...values))));
  return Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index));
}

function line(x1: number, y1: number, x2: number, y2: number, stroke: string): string {
  return element('line', { x1, y1, x2, y2, stroke, 'stroke-width': 1.5 });
}
