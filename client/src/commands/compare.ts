import type { Command } from '@flotilla/terminal/command-line';
import { formatBytes, formatMs, formatRatio } from '@flotilla/terminal/figures';
import { renderTable } from '@flotilla/terminal/tables';
import { fleetAddresses } from '../addresses.js';
import { countFile } from '../count-file.js';
import { describeMachine, type Machine, thisMachine } from '../machine.js';
import { type CutOptions, jsonLimitOf, number, type TextOptions, withCutting, withTexts } from '../options.js';
import { ClientError } from '../problems.js';
import { startProgress } from '../progress.js';
import { median } from '../quantiles.js';
import type { Context } from '../run-command.js';
import { realSender } from '../send.js';
import { TextFile } from '../text-file.js';

interface CompareOptions extends TextOptions, CutOptions {
  readonly runs: number;
}

const PIPELINES = [1, 2, 4] as const;
const MAX_RUNS = 1000;

/** Declares the command's arguments and options. */
export function declareCompare(command: Command): Command {
  return withCutting(withTexts(command))
    .description('one file through 1, 2 and 4 parallel pipelines, several times each')
    .argument('[file]', 'path, or name of a file in datasets/', 'sample.txt')
    .addOption(number('--runs <number>', 'of each', 1, MAX_RUNS, 3));
}

/** The runs of one number of pipelines. */
interface Series {
  readonly pipelines: number;
  readonly timesMs: number[];
  /** Chunks that the file could be cut into: fewer than pipelines when it has too few words. */
  chunks: number;
}

export async function runCompare(context: Context, name: string, options: CompareOptions): Promise<void> {
  const { output } = context;
  await using file = await TextFile.open(name);
  const series = PIPELINES.map((pipelines): Series => ({ pipelines, timesMs: [], chunks: 0 }));
  const reports = new Set<string>();
  const progress = startProgress(output, file.path, (options.runs + 1) * PIPELINES.length * file.sizeBytes);
  const addresses = fleetAddresses(options);
  const sender = realSender(await context.transport(options.transport), context.call(options.timeout));
  try {
    // Round 0 warms up: the first requests to a fleet pay for its compiling.
    for (let round = 0; round <= options.runs; round++) {
      const inTurn = round % 2 === 0 ? series : series.toReversed();
      for (const each of inTurn) {
        const { pipelines: parallel } = each;
        const settings = { addresses, sender, ...jsonLimitOf(options), isTableWanted: false, progress };
        const count = await countFile(file, { ...settings, parallel });
        reports.add(count.report);
        each.chunks = count.chunks.length;
        if (round > 0) each.timesMs.push(count.totalMs);
      }
    }
  } finally {
    progress.stop();
  }
  const result = { machine: thisMachine(), file, rows: rowsOf(series), isSameReport: reports.size === 1 };
  output.text(render(result));
  output.result(asJson(result));
  if (!result.isSameReport) output.problem(new ClientError('the runs gave different reports'));
}

interface Row {
  readonly pipelines: number;
  readonly chunks: number;
  readonly timesMs: readonly number[];
  readonly medianMs: number;
  readonly speedUp: number;
}

interface Result {
  readonly machine: Machine;
  readonly file: TextFile;
  readonly rows: readonly Row[];
  readonly isSameReport: boolean;
}

function rowsOf(series: readonly Series[]): Row[] {
  const oneMs = median(series[0]?.timesMs ?? []);
  return series.map(({ pipelines, timesMs, chunks }) => {
    const medianMs = median(timesMs);
    return { pipelines, chunks, timesMs, medianMs, speedUp: oneMs / medianMs };
  });
}

/** The client, and every stage of every pipeline, want a core; so this is a bound, not an expectation. */
function allowedByCores(pipelines: number, cores: number): number {
  return Math.min(pipelines, cores);
}

function render({ machine, file, rows, isSameReport }: Result): string {
  const { cores } = machine;
  const table = renderTable(
    [
      { head: 'Pipelines', align: 'right' },
      { head: 'Chunks', align: 'right' },
      { head: 'Median', align: 'right' },
      { head: 'Min – max', align: 'right' },
      { head: 'Speed-up', align: 'right' },
      { head: `At most, with ${cores} cores`, align: 'right' },
    ],
    rows.map(({ pipelines, chunks, timesMs, medianMs, speedUp }) => [
      String(pipelines),
      String(chunks),
      formatMs(medianMs),
      `${formatMs(Math.min(...timesMs))} – ${formatMs(Math.max(...timesMs))}`,
      formatRatio(speedUp),
      formatRatio(allowedByCores(pipelines, cores)),
    ]),
  );
  const runs = rows[0]?.timesMs.length ?? 0;
  const limit = rows.some(({ pipelines }) => pipelines > cores)
    ? [
        `The cores are the limit here: ${cores} of them are shared by the pipelines, the balancers and this client,\n` +
          `so more than ${cores} pipelines cannot be faster than ${cores}, whatever the fleet does.`,
      ]
    : [];
  const gain = rows.slice(1).every(({ speedUp }) => speedUp < 1)
    ? [
        'Cutting and merging cost more here than they gained. One pipeline alone keeps several processes busy:\n' +
          'its stages and their balancers work while the text passes.',
      ]
    : [];
  const verdict = isSameReport ? 'All runs gave the same report.' : 'The runs gave different reports.';
  const head = `${file.path} (${formatBytes(file.sizeBytes)}), ${runs} runs each, in alternating order, after one to warm up`;
  return `${[`${head}\non ${describeMachine(machine)}`, table, ...limit, ...gain, verdict].join('\n\n')}\n`;
}

function asJson({ machine, file, rows, isSameReport }: Result): unknown {
  return {
    machine,
    file: file.path,
    size_bytes: file.sizeBytes,
    same_report: isSameReport,
    pipelines: rows.map(({ pipelines, chunks, timesMs, medianMs, speedUp }) => ({
      pipelines,
      chunks,
      times_ms: timesMs,
      median_ms: medianMs,
      speed_up: speedUp,
      allowed_by_cores: allowedByCores(pipelines, machine.cores),
    })),
  };
}
