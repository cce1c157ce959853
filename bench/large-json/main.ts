/**
 * Large JSON requests to the fleet of 20, several at once: whether they are answered right, and what each process holds.
 *
 *     node bench/large-json/main.ts [--size 100MB] [--at-once 1,2,4] [--seed 1] [--json]
 *
 * Needs Linux and the compiled packages (`npm run build`).
 */
import { parseArgs } from 'node:util';
import { parseSize } from '@flotilla/dataset';
import { thisMachine } from '../../client/dist/machine.js';
import { runBenchmark, wholeNumber, wholeNumbers } from '../measure/command-line.ts';
import { forgetPeaks, peaksOf } from '../measure/fleet.ts';
import { outputOf } from '../measure/output.ts';
import { checkAnswers } from '../upload/check-answers.ts';
import { KnownFile, type KnownPart } from '../upload/known-file.ts';
import { costOf } from '../upload/measure-upload.ts';
import { type UploadStand, withFleet } from '../upload/with-fleet.ts';
import { figuresOf, type Report, type Run, type Settings, tableOf } from './report.ts';

await runBenchmark('bench-large-json', async (signal) => {
  const { settings, isJson } = readOptions(process.argv.slice(2));
  const runs = await withFleet((stand) => measure(stand, settings, signal));
  const report: Report = { machine: thisMachine(), settings, runs };
  const output = outputOf(report, isJson, { table: tableOf(report), figures: figuresOf(report) });
  return { output, isFine: true };
});

async function measure(
  { fleet, uploader, folder }: UploadStand,
  { sizeBytes, atOnce, seed }: Settings,
  signal: AbortSignal,
): Promise<Run[]> {
  const file = await KnownFile.make(folder, sizeBytes, seed);
  const [whole] = (await file.parts(1, 'json')) as [KnownPart];
  const runs: Run[] = [];
  for (const count of atOnce) {
    signal.throwIfAborted();
    const parts = Array.from({ length: count }, () => whole);
    await forgetPeaks(fleet.processes);
    const bodies = parts.map(({ body }) => body);
    const { cost, result } = await costOf(fleet, uploader, bodies);
    await checkAnswers(result.answers, parts, file.expected, false);
    runs.push({ ...cost, atOnce: count, peaks: await peaksOf(fleet.processes) });
  }
  return runs;
}

function readOptions(args: string[]): { settings: Settings; isJson: boolean } {
  const { values } = parseArgs({
    args,
    options: {
      size: { type: 'string', default: '100MB' },
      'at-once': { type: 'string', default: '1,2,4' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
    },
  });
  const settings: Settings = {
    sizeBytes: parseSize(values.size),
    atOnce: wholeNumbers('at-once', values['at-once'], 1),
    seed: wholeNumber('seed', values.seed, 0),
  };
  return { settings, isJson: values.json };
}
