/**
 * How the cost of a text grows with its size, streamed whole through the fleet of 20, with a fitted exponent:
 *
 *     node bench/growth/main.ts [--sizes 1MB,4MB,16MB,64MB,256MB] [--repetitions 12] [--seed 1] [--json]
 *
 * Needs Linux and the compiled packages (`npm run build`).
 */
import { parseArgs } from 'node:util';
import { parseSize } from '@flotilla/dataset';
import { thisMachine } from '../../client/dist/machine.js';
import { runBenchmark, wholeNumber } from '../measure/command-line.ts';
import { outputOf } from '../measure/output.ts';
import { repetitionsOf } from '../measure/repetitions.ts';
import { KnownFile } from '../upload/known-file.ts';
import { measureUpload, type UploadCost } from '../upload/measure-upload.ts';
import { type UploadStand, withFleet } from '../upload/with-fleet.ts';
import { figuresOf, fitsOf, type Report, type Result, resultOf, type Settings, tableOf } from './report.ts';

const MIN_REPETITIONS = 2;
const WARM_UP_BYTES = 16_000_000;
/** Enough for each of four instances to have had two. */
const WARM_UP_UPLOADS = 8;
const WHOLE = { transfer: 'text', parts: 1, hasTables: false } as const;

await runBenchmark('bench-growth', async (signal) => {
  const { settings, isJson } = readOptions(process.argv.slice(2));
  const results = await withFleet((stand) => measure(stand, settings, signal));
  const fits = fitsOf(results);
  const report: Report = { machine: thisMachine(), settings, results, ...(fits && { fits }) };
  const output = outputOf(report, isJson, { table: tableOf(report), figures: figuresOf(report) });
  return { output, isFine: true };
});

async function measure(
  { fleet, uploader, folder }: UploadStand,
  { sizes, repetitions, seed }: Settings,
  signal: AbortSignal,
): Promise<Result[]> {
  const repeat = async (sizeBytes: number, count: number) => {
    const file = await KnownFile.make(folder, sizeBytes, seed);
    const runs: UploadCost[] = [];
    for (let n = 0; n < count; n++) {
      signal.throwIfAborted();
      runs.push(await measureUpload(fleet, uploader, file, WHOLE));
    }
    await file.remove();
    return runs;
  };
  await repeat(WARM_UP_BYTES, WARM_UP_UPLOADS);
  const results: Result[] = [];
  for (const size of sizes) {
    results.push(resultOf(size, await repeat(size, repetitionsOf(size, sizes, repetitions, MIN_REPETITIONS))));
  }
  return results;
}

function readOptions(args: string[]): { settings: Settings; isJson: boolean } {
  const { values } = parseArgs({
    args,
    options: {
      sizes: { type: 'string', default: '1MB,4MB,16MB,64MB,256MB' },
      repetitions: { type: 'string', default: '12' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
    },
  });
  const settings: Settings = {
    sizes: values.sizes.split(',').map(parseSize),
    repetitions: wholeNumber('repetitions', values.repetitions, 1),
    seed: wholeNumber('seed', values.seed, 0),
  };
  return { settings, isJson: values.json };
}
