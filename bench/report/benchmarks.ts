import {
  type Report as BalancerReport,
  figuresOf as balancerFigures,
  tableOf as balancerTable,
} from '../balancer/report.ts';
import { type Report as ChainReport, figuresOf as chainFigures, tableOf as chainTable } from '../chain/report.ts';
import {
  type Report as GigabyteReport,
  figuresOf as gigabyteFigures,
  tableOf as gigabyteTable,
} from '../gigabyte/report.ts';
import { type Report as GrowthReport, figuresOf as growthFigures, tableOf as growthTable } from '../growth/report.ts';
import type { JsonReport } from '../json.ts';
import {
  type Report as LargeJsonReport,
  figuresOf as largeJsonFigures,
  tableOf as largeJsonTable,
} from '../large-json/report.ts';
import type { Figure } from '../measure/figure.ts';
import type { Table } from '../measure/table.ts';
import type { StartReport } from '../start.ts';
import { type Report as StreamReport, figuresOf as streamFigures, tableOf as streamTable } from '../stream/report.ts';
import type { TextReport } from '../text.ts';
import { jsonTable, startFigures, startTable, textTable } from './engine-tables.ts';
import { balancerPlot, chainPlot, growthPlot, type Plot, streamPlots } from './plots.ts';

/** What the document shows of a benchmark. */
export interface Presentation {
  readonly table: Table;
  readonly figures: readonly Figure[];
  readonly plots: readonly Plot[];
}

/** A benchmark, and how it is run for the document: all of them together in less than ten minutes. */
export interface Benchmark {
  /** Of its section, and of its result. */
  readonly name: string;
  /** Below `bench/`, and its parameters. */
  readonly command: readonly string[];
  /** @param result - what it printed as JSON. */
  present(result: unknown): Presentation;
}

function benchmark<Report>(
  name: string,
  command: readonly string[],
  table: (report: Report) => Table,
  figures: (report: Report) => readonly Figure[] = () => [],
  plots: (report: Report) => readonly Plot[] = () => [],
): Benchmark {
  const present = (result: unknown) => {
    const report = result as Report;
    return { table: table(report), figures: figures(report), plots: plots(report) };
  };
  return { name, command, present };
}

export const benchmarks: readonly Benchmark[] = [
  benchmark<ChainReport>(
    'chain',
    ['chain/main.ts', '--seconds', '2', '--max-warm-up', '14'],
    chainTable,
    chainFigures,
    (report) => [chainPlot(report)],
  ),
  benchmark<StreamReport>('stream', ['stream/main.ts', '--repetitions', '3'], streamTable, streamFigures, streamPlots),
  benchmark<GigabyteReport>('gigabyte', ['gigabyte/main.ts', '--repetitions', '1'], gigabyteTable, gigabyteFigures),
  benchmark<GrowthReport>('growth', ['growth/main.ts'], growthTable, growthFigures, (report) => [growthPlot(report)]),
  benchmark<LargeJsonReport>('large-json', ['large-json/main.ts'], largeJsonTable, largeJsonFigures),
  benchmark<StartReport>('start', ['start.ts', '--runs', '2'], startTable, startFigures),
  benchmark<BalancerReport>(
    'balancer',
    ['balancer/main.ts', '--only', 'flotilla,nginx,haproxy,bare relay', '--seconds', '2', '--warm-up', '6'],
    balancerTable,
    balancerFigures,
    (report) => [balancerPlot(report)],
  ),
  benchmark<TextReport>('text', ['text.ts', '--runs', '3'], textTable),
  benchmark<JsonReport>('json', ['json.ts'], jsonTable),
];
