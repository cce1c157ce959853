import { formatBytes } from '@flotilla/terminal/figures';
import type { Report as BalancerReport } from '../balancer/report.ts';
import type { Report as ChainReport } from '../chain/report.ts';
import type { Report as GrowthReport } from '../growth/report.ts';
import { labelOf, type Report as StreamReport } from '../stream/report.ts';
import { barChart } from './bar-chart.ts';
import { growthChart } from './growth-chart.ts';

/** A drawing for the document. */
export interface Plot {
  /** Its name in the folder of plots. */
  readonly file: string;
  /** What it shows, for who cannot see it. */
  readonly alt: string;
  readonly svg: string;
}

export function balancerPlot({ results }: BalancerReport): Plot {
  const alt = 'One hop: CPU µs per request';
  const bars = results.flatMap(({ name, figures }) => {
    const cost = figures?.cpu_us_per_request;
    return cost ? [{ label: name, values: [cost.user, cost.system] }] : [];
  });
  const svg = barChart({ title: alt, parts: ['user', 'kernel'], bars, format: (value) => value.toFixed(0) });
  return { file: 'balancer.svg', alt, svg };
}

export function chainPlot({ results }: ChainReport): Plot {
  const alt = 'The chain: fleet CPU µs per request of 1 KB';
  const bars = results.map((each) => ({
    label: `${each.shape === 'single' ? '8' : '20'} processes, connections: ${each.connections}`,
    values: [each.balancers_cpu_us_per_request.median, each.services_cpu_us_per_request.median],
  }));
  const format = (value: number) => value.toFixed(0);
  const bound = { value: 500, label: '500' };
  return {
    file: 'chain.svg',
    alt,
    svg: barChart({ title: alt, parts: ['balancers', 'services'], bars, format, bound }),
  };
}

/** One for each size. */
export function streamPlots({ results }: StreamReport): Plot[] {
  return [...Map.groupBy(results, ({ size_bytes }) => size_bytes)].map(([sizeBytes, ofSize]) => {
    const size = formatBytes(sizeBytes);
    const alt = `${size}: CPU seconds of all processes on the way`;
    const bars = ofSize.map((each) => ({ label: labelOf(each), values: [each.cpu_s.median] }));
    const svg = barChart({ title: alt, parts: [], bars, format: (value) => value.toFixed(2) });
    return { file: `stream-${size.replace(/\.0 /, '-').replace(' ', '-')}.svg`, alt, svg };
  });
}

export function growthPlot({ results, fits }: GrowthReport): Plot {
  const alt = 'Growth with size: seconds, streamed whole through the fleet of 20';
  const from = 4e6;
  const points = (figure: (result: GrowthReport['results'][number]) => number) =>
    results.map((each) => ({ size: each.size_bytes, figure: figure(each) }));
  const svg = growthChart({
    title: alt,
    formatSize: (size) => formatBytes(size).replace('.0', ''),
    formatFigure: (figure) => `${Number(figure.toPrecision(1))} s`,
    series: [
      {
        name: 'wall time',
        points: points(({ wall_s }) => wall_s.median),
        ...(fits && { law: { ...fits.wall, from } }),
      },
      {
        name: 'fleet CPU',
        points: points(({ cpu_s }) => cpu_s.median),
        ...(fits && { law: { ...fits.cpu, from } }),
      },
    ],
  });
  return { file: 'growth.svg', alt, svg };
}
