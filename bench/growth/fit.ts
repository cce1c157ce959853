/** What a figure does when a size grows: figure = factor × size ^ exponent. */
export interface PowerLaw {
  readonly exponent: number;
  readonly factor: number;
}

/**
 * Fits a power law by least squares over the logarithms, where it is a straight line.
 *
 * @param points - at least two, of different sizes; all numbers above 0.
 */
export function fitPowerLaw(points: readonly { readonly size: number; readonly figure: number }[]): PowerLaw {
  const logs = points.map(({ size, figure }) => ({ x: Math.log(size), y: Math.log(figure) }));
  const meanX = mean(logs.map(({ x }) => x));
  const meanY = mean(logs.map(({ y }) => y));
  const covariance = mean(logs.map(({ x, y }) => (x - meanX) * (y - meanY)));
  const variance = mean(logs.map(({ x }) => (x - meanX) ** 2));
  const exponent = covariance / variance;
  if (!Number.isFinite(exponent)) throw new RangeError('a power law needs two sizes, and numbers above 0');
  return { exponent, factor: Math.exp(meanY - exponent * meanX) };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
