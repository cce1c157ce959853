import { execFile } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { promisify } from 'node:util';
import { ascending, quantile } from '../../client/dist/quantiles.js';
import { installedVersion } from './contenders/installed-version.ts';
import type { Load, LoadResult } from './load.ts';

const run = promisify(execFile);

/** Undefined: it is not installed. */
export function h2loadVersion(): Promise<string | undefined> {
  return installedVersion('h2load', '--version', /nghttp2\/(\S+)/);
}

/** h2load of nghttp2: unary calls of gRPC, one at a time on each connection. */
export const h2load: Load = {
  name: 'h2load',
  async run({ url, bodyFile, connections, seconds, signal }) {
    const logFile = `${bodyFile}.log`;
    const flags = ['-t1', '-m1', `-c${connections}`, `-D${seconds}`, '-d', bodyFile, `--log-file=${logFile}`];
    const headers = ['-H', 'content-type: application/grpc', '-H', 'te: trailers'];
    const { stdout } = await run('h2load', [...flags, ...headers, url], signal ? { signal } : {});
    const log = await readFile(logFile, 'utf8');
    await rm(logFile);
    return parseH2load(stdout, log, seconds);
  },
};

/**
 * Reads what h2load has printed, and the log of its requests: its table has no percentiles.
 *
 * @param seconds - How long it was told to take.
 * @throws Error when either lacks what it should have.
 */
export function parseH2load(output: string, log: string, seconds: number): LoadResult {
  const counts = /^requests: .*? (\d+) failed, (\d+) errored, (\d+) timeout/m.exec(output);
  if (!counts) throw new Error(`the load generator printed no result: ${output.slice(-500)}`);
  // It counts an error again as a failure.
  const failed = Number(counts[1]);
  const rows = log.split('\n').filter((line) => line !== '');
  const answered = rows.map((line) => line.split('\t')).filter(([, status]) => Number(status) >= 200);
  const times = ascending(answered.map(([, , us]) => Number(us)));
  if (times.some((us) => !Number.isFinite(us))) throw new Error(`the load generator's log is not one: ${rows[0]}`);
  const at = (share: number) => (times.length === 0 ? 0 : quantile(times, share) / 1e3);
  return { requests: times.length, seconds, p50Ms: at(0.5), p99Ms: at(0.99), errors: failed };
}
