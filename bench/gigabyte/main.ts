/**
 * A very large text, streamed through the fleet of 20: how fast, and what each process holds of it at most.
 *
 *     node bench/gigabyte/main.ts [--size 1GB] [--repetitions 2] [--seed 1] [--json]
 *
 * Needs Linux, the compiled packages (`npm run build`), and room for the text in the folder of temporary files.
 */
import { parseArgs } from 'node:util';
import { parseSize } from '@flotilla/dataset';
import { thisMachine } from '../../client/dist/machine.js';
import { runBenchmark, wholeNumber } from '../measure/command-line.ts';
import { peaksOf } from '../measure/fleet.ts';
import { outputOf } from '../measure/output.ts';
import { KnownFile } from '../upload/known-file.ts';
import { measureUpload, type UploadCost } from '../upload/measure-upload.ts';
import { withFleet } from '../upload/with-fleet.ts';
import { figuresOf, type Report, type Settings, tableOf } from './report.ts';

await runBenchmark('bench-gigabyte', async (signal) => {
  const { settings, isJson } = readOptions(process.argv.slice(2));
  const report = await measure(settings, signal);
  const output = outputOf(report, isJson, { table: tableOf(report), figures: figuresOf(report) });
  return { output, isFine: true };
});

function measure(settings: Settings, signal: AbortSignal): Promise<Report> {
  return withFleet(async ({ fleet, uploader, folder }) => {
    const file = await KnownFile.make(folder, settings.sizeBytes, settings.seed);
    const runs: UploadCost[] = [];
    for (let n = 0; n < settings.repetitions; n++) {
      signal.throwIfAborted();
      runs.push(await measureUpload(fleet, uploader, file, { transfer: 'text', parts: 1, hasTables: false }));
    }
    return { machine: thisMachine(), settings, runs, peaks: await peaksOf(fleet.processes) };
  });
}

function readOptions(args: string[]): { settings: Settings; isJson: boolean } {
  const { values } = parseArgs({
    args,
    options: {
      size: { type: 'string', default: '1GB' },
      repetitions: { type: 'string', default: '2' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
    },
  });
  const settings = {
    sizeBytes: parseSize(values.size),
    repetitions: wholeNumber('repetitions', values.repetitions, 1),
    seed: wholeNumber('seed', values.seed, 0),
  };
  return { settings, isJson: values.json };
}
