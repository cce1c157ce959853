import { expect, test } from 'vitest';
import { barChart } from '../bar-chart.ts';
import { growthChart } from '../growth-chart.ts';

/** Attributes of all elements of a name, in their order. */
function elements(svg: string, name: string): Record<string, string>[] {
  return [...svg.matchAll(new RegExp(`<${name} ([^>]*?)/?>`, 'g'))].map(([, attributes = '']) =>
    Object.fromEntries([...attributes.matchAll(/([\w:-]+)="([^"]*)"/g)].map(([, key, value]) => [key, value])),
  );
}

/** Every element is closed by its own end. */
function isWellFormed(svg: string): boolean {
  const open: string[] = [];
  for (const [, end, name, attributes] of svg.matchAll(/<(\/?)([a-z]+)([^>]*)>/g)) {
    if (end) {
      if (open.pop() !== name) return false;
    } else if (!attributes?.endsWith('/')) open.push(name as string);
  }
  return open.length === 0;
}

test('bars are as long as their values, part behind part, and the bound stands where it is', () => {
  const svg = barChart({
    title: 'CPU <µs> & more',
    parts: ['balancers', 'services'],
    bars: [
      { label: 'eight', values: [100, 300] },
      { label: 'twenty', values: [200, 600] },
    ],
    format: (value) => `${value} µs`,
    bound: { value: 500, label: '500' },
  });
  expect(isWellFormed(svg)).toBe(true);
  expect(svg).toContain('CPU &lt;µs&gt; &amp; more');
  const bars = elements(svg, 'rect').filter(({ height }) => height === '20');
  expect(bars.map(({ width }) => Number(width))).toEqual([52.5, 157.5, 105, 315]);
  const [first, second] = bars.map(({ x }) => Number(x)) as [number, number];
  expect(second - first).toBe(52.5);
  expect(Number(elements(svg, 'line')[0]?.x1) - first).toBe(262.5);
  expect(svg).toContain('>800 µs<');
});

test('growth is a straight line where both axes are logarithmic', () => {
  const sizes = [1e6, 1e7, 1e8];
  const svg = growthChart({
    title: 'Growth',
    formatSize: (size) => `${size / 1e6} MB`,
    formatFigure: (figure) => `${figure} s`,
    series: [
      {
        name: 'wall',
        points: sizes.map((size) => ({ size, figure: size / 1e7 })),
        law: { exponent: 1, factor: 1e-7, from: 1e6 },
      },
      { name: 'CPU', points: sizes.map((size) => ({ size, figure: size / 5e6 })) },
    ],
  });
  expect(isWellFormed(svg)).toBe(true);
  const [a, b, c] = elements(svg, 'circle').map(({ cx, cy }) => [Number(cx), Number(cy)] as const) as [
    [number, number],
    [number, number],
    [number, number],
  ];
  expect(b[0] - a[0]).toBeCloseTo(c[0] - b[0], 0);
  expect(b[1] - a[1]).toBeCloseTo(c[1] - b[1], 0);
  expect(c[1]).toBeLessThan(a[1]);
  const fitted = elements(svg, 'line').at(-1);
  expect([Number(fitted?.x1), Number(fitted?.y1)]).toEqual([a[0], a[1]]);
  expect([Number(fitted?.x2), Number(fitted?.y2)]).toEqual([c[0], c[1]]);
  for (const label of ['1 MB', '100 MB', '0.1 s', '10 s']) expect(svg).toContain(`>${label}<`);
});
