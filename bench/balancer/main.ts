/**
 * What one hop through the balancer costs, side by side with other proxies: processor time per request. JSON over HTTP/1.1;
 * gRPC too, beside a relay that does nothing but pass it on.
 *
 *     node bench/balancer/main.ts [--only flotilla,nginx] [--connections 16] [--seconds 3] [--repetitions 3]
 *                                 [--warm-up 8] [--body-bytes 1024] [--cpu-prof DIR] [--json]
 *
 * Needs Linux and the compiled packages (`npm run build`). What is not installed is left out (Debian: `nginx haproxy
 * wrk nghttp2-client`; gRPC needs the last, for its h2load). `--cpu-prof` keeps a CPU profile of every contender that runs on Node. With `taskset -c 0` before it, all of it
 * shares one core, where waking each other costs less.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { thisMachine } from '../../client/dist/machine.js';
import { runBenchmark } from '../measure/command-line.ts';
import { outputOf } from '../measure/output.ts';
import { contenders } from './contenders/all.ts';
import { h2loadVersion } from './h2load.ts';
import { chooseLoad } from './load.ts';
import { measure } from './measure.ts';
import { type Options, readOptions } from './options.ts';
import { figuresOf, type Report, resultOf, tableOf } from './report.ts';

await runBenchmark('bench-balancer', async (signal) => {
  const options = readOptions(process.argv.slice(2), contenders);
  const report = await compare(options, signal);
  const output = outputOf(report, options.json, { table: tableOf(report), figures: figuresOf(report) });
  return { output, isFine: report.results.every(({ figures }) => figures === null || figures.errors === 0) };
});

async function compare({ contenders: chosen, settings }: Options, signal: AbortSignal): Promise<Report> {
  const load = await chooseLoad();
  const h2load = await h2loadVersion();
  const versions = await Promise.all(chosen.map((contender) => contender.version()));
  const installed = chosen.filter((_, index) => versions[index] !== undefined);
  const folder = await mkdtemp(join(tmpdir(), 'flotilla-bench-'));
  try {
    const samples = await measure(installed, load, settings, folder, signal);
    const results = chosen.map((each, index) => resultOf(each, versions[index], samples.get(each.name)));
    return {
      machine: thisMachine(),
      load: [load.name, ...(h2load === undefined ? [] : [`h2load ${h2load} for gRPC`])].join(', '),
      settings,
      results,
    };
  } finally {
    await rm(folder, { recursive: true });
  }
}
