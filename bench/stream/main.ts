/**
 * What a large text costs on its way through the fleet, whole and cut, beside a bare relay through as many processes and
 * the text engine alone:
 *
 *     node bench/stream/main.ts [--sizes 32MB,100MB] [--pipelines 1,2,4] [--transfers text,json] [--repetitions 5]
 *                               [--warm-up 2] [--seed 1] [--json]
 *
 * `--warm-up` is rounds. Needs Linux and the compiled packages (`npm run build`).
 */
import { parseArgs } from 'node:util';
import { parseSize } from '@flotilla/dataset';
import { thisMachine } from '../../client/dist/machine.js';
import { runBenchmark, someOf, wholeNumber, wholeNumbers } from '../measure/command-line.ts';
import { outputOf } from '../measure/output.ts';
import { TRANSFERS } from '../upload/known-file.ts';
import { measure, type Settings } from './measure.ts';
import { figuresOf, type Report, resultsOf, tableOf } from './report.ts';

await runBenchmark('bench-stream', async (signal) => {
  const { settings, isJson } = readOptions(process.argv.slice(2));
  const report: Report = { machine: thisMachine(), settings, results: resultsOf(await measure(settings, signal)) };
  const output = outputOf(report, isJson, { table: tableOf(report), figures: figuresOf(report) });
  return { output, isFine: true };
});

function readOptions(args: string[]): { settings: Settings; isJson: boolean } {
  const { values } = parseArgs({
    args,
    options: {
      sizes: { type: 'string', default: '32MB,100MB' },
      pipelines: { type: 'string', default: '1,2,4' },
      transfers: { type: 'string', default: 'text,json' },
      repetitions: { type: 'string', default: '5' },
      'warm-up': { type: 'string', default: '2' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
    },
  });
  const settings: Settings = {
    sizes: values.sizes.split(',').map(parseSize),
    pipelines: wholeNumbers('pipelines', values.pipelines, 1),
    transfers: someOf('transfers', values.transfers, TRANSFERS),
    repetitions: wholeNumber('repetitions', values.repetitions, 1),
    warmUpRounds: wholeNumber('warm-up', values['warm-up'], 0),
    seed: wholeNumber('seed', values.seed, 0),
  };
  return { settings, isJson: values.json };
}
