/**
 * REST beside gRPC beside Connect, through the whole chain of four balancers and four services: time, throughput, and
 * the fleet's processor time per request.
 *
 *     node bench/transports/main.ts [--sizes 1KB,100KB,32MB] [--connections 16] [--seconds 1] [--repetitions 5]
 *                                   [--warm-up 6] [--json] [--save FILE]
 *
 * Small texts go whole, one after another on each connection; large ones whole and streamed, one request at a time.
 * `--warm-up` is seconds. `--save` writes what `--json` prints. Needs Linux and the compiled packages (`npm run build`).
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { parseSize } from '@flotilla/dataset';
import { thisMachine } from '../../client/dist/machine.js';
import { runBenchmark, wholeNumber } from '../measure/command-line.ts';
import { outputOf } from '../measure/output.ts';
import { packageVersion } from '../measure/package-version.ts';
import { measure, type Settings } from './measure.ts';
import { figuresOf, type Report, resultsOf, tableOf } from './report.ts';

/** What REST, and what gRPC and Connect are made of, and how messages are encoded. */
const PACKAGES = ['@flotilla/client', 'undici', '@connectrpc/connect-node', '@bufbuild/protobuf'];

await runBenchmark('benchmark-transports', async (signal) => {
  const { settings, isJson, saveTo } = readOptions(process.argv.slice(2));
  const results = resultsOf(await measure(settings, signal));
  const report: Report = { machine: thisMachine(), versions: await versionsOf(PACKAGES), settings, results };
  const notes = results.flatMap((each) => each.examples);
  const outputs = { table: tableOf(report), figures: figuresOf(report), notes };
  if (saveTo !== undefined) await save(saveTo, outputOf(report, true, outputs));
  const isFine = results.every(({ failed, wrong }) => failed + wrong === 0);
  return { output: outputOf(report, isJson, outputs), isFine };
});

async function versionsOf(packages: readonly string[]): Promise<Record<string, string>> {
  const versions = packages.map(async (name) => [name, (await packageVersion(name)) ?? 'unknown'] as const);
  return Object.fromEntries(await Promise.all(versions));
}

async function save(file: string, json: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${json}\n`);
}

function readOptions(args: string[]): { settings: Settings; isJson: boolean; saveTo: string | undefined } {
  const { values } = parseArgs({
    args,
    options: {
      sizes: { type: 'string', default: '1KB,100KB,32MB' },
      connections: { type: 'string', default: '16' },
      seconds: { type: 'string', default: '1' },
      repetitions: { type: 'string', default: '5' },
      'warm-up': { type: 'string', default: '6' },
      json: { type: 'boolean', default: false },
      save: { type: 'string' },
    },
  });
  const settings: Settings = {
    sizes: values.sizes.split(',').map(parseSize),
    connections: wholeNumber('connections', values.connections, 1),
    seconds: wholeNumber('seconds', values.seconds, 1),
    repetitions: wholeNumber('repetitions', values.repetitions, 1),
    warmUpSeconds: wholeNumber('warm-up', values['warm-up'], 0),
  };
  return { settings, isJson: values.json, saveTo: values.save === undefined ? undefined : resolve(values.save) };
}
