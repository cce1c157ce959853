/**
 * What the balancer's decisions cost: one request from admission to its end, with the default settings, by strategy
 * and number of instances. No bytes move.
 *
 *     npm run build && node bench/balancer-core.ts [--json]
 */
import { cpus } from 'node:os';
import { readConfig } from '@flotilla/process';
import { Attempts, Cluster } from '../packages/upstream/dist/core/cluster.js';
import {
  createStrategy,
  type StrategyName,
  strategyNames,
} from '../packages/upstream/dist/core/strategies/registry.js';
import { clusterOptions, clusterSettings } from '../packages/upstream/dist/request/cluster-options.js';

const RUNS = 9;
const REQUESTS = 200_000;
const UNDER_WAY = 64;
const SIZES = [4, 16, 100];

const options = clusterOptions(readConfig(clusterSettings, {}));

/** Nanoseconds of processor time per request, many times over. */
function measure(strategy: StrategyName, size: number): number[] {
  const members = Array.from({ length: size }, (_, n) => ({ name: `instance${n}` }));
  const cluster = new Cluster(members, createStrategy(strategy), options);
  const ring: (Attempts | undefined)[] = new Array(UNDER_WAY).fill(undefined);
  let nowMs = 0;
  let seed = 1;
  const runs: number[] = [];
  for (let run = -2; run < RUNS; run++) {
    const start = process.cpuUsage();
    for (let n = 0; n < REQUESTS; n++) {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      nowMs += 0.02;
      const last = ring[n % UNDER_WAY];
      if (last) {
        cluster.end(last, 'ok', nowMs);
        cluster.release(last, nowMs);
      }
      const attempts = new Attempts(seed);
      cluster.admit(attempts, nowMs);
      cluster.begin(attempts, nowMs, seed / 2 ** 32);
      ring[n % UNDER_WAY] = attempts;
    }
    const { user, system } = process.cpuUsage(start);
    // The first two are for the compiler.
    if (run >= 0) runs.push(((user + system) * 1000) / REQUESTS);
  }
  return runs.toSorted((a, b) => a - b);
}

const rows = SIZES.flatMap((size) =>
  strategyNames.map((strategy) => {
    const runs = measure(strategy, size).map(Math.round);
    return { strategy, instances: size, median_ns: runs[RUNS >> 1], min_ns: runs[0], max_ns: runs[RUNS - 1] };
  }),
);
if (process.argv.includes('--json')) {
  process.stdout.write(`${JSON.stringify(rows)}\n`);
} else {
  process.stdout.write(
    `Node ${process.version}, ${cpus()[0]?.model}; ${RUNS} runs of ${REQUESTS} requests, ${UNDER_WAY} under way\n`,
  );
  for (const { strategy, instances, median_ns, min_ns, max_ns } of rows) {
    const figures = `${median_ns} ns per request (${min_ns}-${max_ns})`;
    process.stdout.write(`${strategy.padEnd(22)} ${String(instances).padStart(3)} instances  ${figures}\n`);
  }
}
