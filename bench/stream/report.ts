import { formatBytes, formatShare } from '@flotilla/terminal/figures';
import { describeMachine, type Machine } from '../../client/dist/machine.js';
import type { Figure } from '../measure/figure.ts';
import { formatSpread } from '../measure/spread.ts';
import { columnsOf, type Table } from '../measure/table.ts';
import { type CostSpreads, costSpreadsOf } from '../upload/cost-spreads.ts';
import type { Case, Sample, Settings } from './measure.ts';

/** What came out for one case of one size. */
export interface Result extends Case, CostSpreads {
  readonly size_bytes: number;
}

/** Everything that is printed. */
export interface Report {
  readonly machine: Machine;
  readonly settings: Settings;
  readonly results: readonly Result[];
}

/** The size that the figures to reach are about. */
const JUDGED_BYTES = 32_000_000;

export function resultsOf(samples: readonly Sample[]): Result[] {
  const groups = Map.groupBy(samples, ({ sizeBytes, ...each }) => `${sizeBytes} ${labelOf(each)}`);
  return [...groups.values()].map((group) => {
    const { way, pipelines, hasTables, sizeBytes } = group[0] as Sample;
    return { way, pipelines, hasTables, size_bytes: sizeBytes, ...costSpreadsOf(group) };
  });
}

export function labelOf({ way, pipelines, hasTables }: Case): string {
  if (way === 'text engine') return 'packages/text, in one process';
  const name = way === 'relay' ? 'bare relay' : way === 'text' ? 'fleet, text/plain' : 'fleet, JSON';
  const parts = pipelines === 1 ? 'whole' : `cut in ${pipelines}`;
  return `${name}, ${parts}${hasTables ? ', with tables' : ''}`;
}

/** The figures for 32 MB, as far as they were measured. */
export function figuresOf({ machine, results }: Report): Figure[] {
  const judged = results.filter(({ size_bytes }) => size_bytes === JUDGED_BYTES);
  const find = (way: Case['way'], pipelines: number) =>
    judged.find((each) => each.way === way && each.pipelines === pipelines && each.hasTables === pipelines > 1);
  const [engine, relay, text, json] = [find('text engine', 1), find('relay', 1), find('text', 1), find('json', 1)];
  const four = find('text', 4);
  const atMost = (name: string, measured: number, bound: number): Figure => ({
    name,
    measured,
    bound,
    side: 'at most',
    unit: 's',
  });
  const figures: Figure[] = [];
  if (text && relay && engine) {
    const bound = relay.cpu_s.median + 1.5 * engine.cpu_s.median;
    figures.push(atMost('32 MB streamed: fleet CPU, beside the relay + 1.5 x packages/text', text.cpu_s.median, bound));
  }
  if (text) {
    figures.push(atMost('32 MB streamed: fleet CPU', text.cpu_s.median, 0.9));
    figures.push(atMost('32 MB streamed: wall time', text.wall_s.median, 0.6));
  }
  if (json) {
    figures.push(atMost('32 MB as JSON: fleet CPU', json.cpu_s.median, 0.9));
    figures.push(atMost('32 MB as JSON: wall time', json.wall_s.median, 0.9));
  }
  if (text && four) {
    const totalCpu = four.cpu_s.median + four.sender_cpu_s.median;
    figures.push(
      atMost(
        '32 MB cut in four: fleet CPU, beside 1.3 x that of one pipeline',
        four.cpu_s.median,
        1.3 * text.cpu_s.median,
      ),
    );
    figures.push(
      atMost(
        '32 MB cut in four: wall time, beside 1.25 x total CPU ÷ cores',
        four.wall_s.median,
        (1.25 * totalCpu) / machine.cores,
      ),
    );
  }
  return figures;
}

export function tableOf({ machine, settings, results }: Report): Table {
  const rows = results.map((each) => [
    formatBytes(each.size_bytes),
    labelOf(each),
    String(each.repetitions),
    formatSpread(each.wall_s, seconds),
    formatSpread(each.cpu_s, seconds),
    seconds(each.sender_cpu_s.median),
    (each.size_bytes / 1e6 / each.wall_s.median).toFixed(0),
    formatShare(each.others_share.median),
  ]);
  return {
    title: 'Large texts through the fleet of 20',
    columns: [
      { head: 'Size', align: 'right' },
      ...columnsOf('Way', 'Runs', 'Wall s', 'CPU s', 'Sender CPU s', 'MB/s', 'Others'),
    ],
    rows,
    notes: [
      `${describeMachine(machine)}.`,
      `In turn, after ${settings.warmUpRounds} rounds to warm up; median (min–max). Every answer is checked.`,
      'CPU is that of all processes which the text passes through. The relay is eight processes of Node that pass bytes on',
      'and do nothing else. Parts are sent at once; with tables, as the client sends them, each answer has the frequency of',
      'every word, and they are merged afterwards. The sender shares the cores; its CPU is apart. Others: what other',
      'processes took of the machine meanwhile.',
    ],
  };
}

function seconds(value: number): string {
  return value.toFixed(value < 10 ? 2 : 1);
}
