import { describe, expect, test } from 'vitest';
import { isMet } from '../../measure/figure.ts';
import { repetitionsOf } from '../../measure/repetitions.ts';
import { fitPowerLaw } from '../fit.ts';
import { figuresOf, fitsOf, resultOf, tableOf } from '../report.ts';

const SIZES = [1, 4, 16, 64, 256].map((megabytes) => megabytes * 1e6);

describe('a power law', () => {
  test.each([0.5, 1, 1.1, 2])('is found again: exponent %d', (exponent) => {
    const law = fitPowerLaw(SIZES.map((size) => ({ size, figure: 3e-9 * size ** exponent })));
    expect(law.exponent).toBeCloseTo(exponent, 10);
    expect(law.factor).toBeCloseTo(3e-9, 15);
  });

  test('is the least squares of the logarithms', () => {
    const points = [
      { size: 1, figure: 1 },
      { size: Math.E, figure: Math.E ** 3 },
      { size: Math.E ** 2, figure: Math.E ** 2 },
    ];
    expect(fitPowerLaw(points).exponent).toBeCloseTo(1, 10);
    expect(fitPowerLaw(points).factor).toBeCloseTo(Math.E ** (2 / 3), 10);
  });

  test('needs two sizes', () => {
    expect(() => fitPowerLaw([{ size: 4, figure: 1 }])).toThrow('two sizes');
    expect(() =>
      fitPowerLaw([
        { size: 4, figure: 1 },
        { size: 8, figure: 0 },
      ]),
    ).toThrow('above 0');
  });
});

const run = (wallMs: number) => ({ wallMs, cpuMs: 2 * wallMs, senderCpuMs: 1, othersShare: 0 });

test('growth is fitted over the medians from 4 MB on: what one megabyte takes is left out', () => {
  const results = SIZES.map((size) => {
    const ms = size === 1e6 ? 500 : size ** 1.2 / 1e6;
    return resultOf(size, [run(ms), run(2 * ms), run(ms)]);
  });
  const machine = { cpu: 'c', cores: 2, memory_bytes: 2 ** 30, os: 'o', node: 'v24' };
  const fits = fitsOf(results) as NonNullable<ReturnType<typeof fitsOf>>;
  expect(fits.wall.exponent).toBeCloseTo(1.2, 10);
  expect(fits.cpu.exponent).toBeCloseTo(1.2, 10);
  const report = { machine, settings: { sizes: SIZES, repetitions: 3, seed: 1 }, results, fits };
  expect(figuresOf(report).map(isMet)).toEqual([false, false]);
  expect(tableOf(report).notes[0]).toContain('size ^ 1.20');
  expect(fitsOf(results.slice(0, 2))).toBeUndefined();
});

test('what is larger is repeated less often, and often enough', () => {
  expect(SIZES.map((size) => repetitionsOf(size, SIZES, 12, 3))).toEqual([12, 3, 3, 3, 3]);
  expect([32e6, 100e6].map((size) => repetitionsOf(size, [32e6, 100e6], 7, 2))).toEqual([7, 2]);
  expect(repetitionsOf(32e6, [32e6], 1, 2)).toBe(1);
});
