/**
 * What a small request costs on its way through the whole chain, four balancers and four services:
 *
 *     node bench/chain/main.ts [--shapes single,full] [--connections 1,16,64] [--seconds 3] [--repetitions 3]
 *                              [--warm-up 20000] [--max-warm-up 60] [--texts 1024] [--text-bytes 1000]
 *                              [--cpu-prof DIR] [--json]
 *
 * `single` has one instance behind each balancer, `full` four. `--warm-up` is requests per instance,
 * `--max-warm-up` seconds. Needs Linux and the
 * compiled packages (`npm run build`). `--cpu-prof` keeps a CPU profile of every process of the fleet.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { thisMachine } from '../../client/dist/machine.js';
import { runBenchmark, someOf, wholeNumber, wholeNumbers } from '../measure/command-line.ts';
import { FLEET_SHAPES } from '../measure/fleet.ts';
import { outputOf } from '../measure/output.ts';
import { measure, type Settings } from './measure.ts';
import { figuresOf, type Report, resultsOf, tableOf } from './report.ts';

await runBenchmark('bench-chain', async (signal) => {
  const { settings, isJson } = readOptions(process.argv.slice(2));
  const measured = await measure(settings, signal);
  const report: Report = { machine: thisMachine(), settings, results: resultsOf(measured.samples), ...measured };
  const notes = report.results.flatMap((each) => each.examples);
  const output = outputOf(report, isJson, { table: tableOf(report), figures: figuresOf(report), notes });
  const isFine = report.results.every(({ failed, wrong }) => failed + wrong === 0);
  return { output, isFine };
});

function readOptions(args: string[]): { settings: Settings; isJson: boolean } {
  const { values } = parseArgs({
    args,
    options: {
      shapes: { type: 'string', default: 'single,full' },
      connections: { type: 'string', default: '1,16,64' },
      seconds: { type: 'string', default: '3' },
      repetitions: { type: 'string', default: '3' },
      'warm-up': { type: 'string', default: '20000' },
      'max-warm-up': { type: 'string', default: '60' },
      texts: { type: 'string', default: '1024' },
      'text-bytes': { type: 'string', default: '1000' },
      'cpu-prof': { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const settings: Settings = {
    shapes: someOf('shapes', values.shapes, FLEET_SHAPES),
    connections: wholeNumbers('connections', values.connections, 1),
    seconds: wholeNumber('seconds', values.seconds, 1),
    repetitions: wholeNumber('repetitions', values.repetitions, 1),
    warmUpRequests: wholeNumber('warm-up', values['warm-up'], 0),
    maxWarmUpSeconds: wholeNumber('max-warm-up', values['max-warm-up'], 0),
    texts: wholeNumber('texts', values.texts, 1),
    textBytes: wholeNumber('text-bytes', values['text-bytes'], 1),
    ...(values['cpu-prof'] === undefined ? {} : { cpuProfileFolder: resolve(values['cpu-prof']) }),
  };
  return { settings, isJson: values.json };
}
