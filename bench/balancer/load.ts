import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const WRK_SCRIPT = join(import.meta.dirname, 'wrk.lua');
const GENERATOR = join(import.meta.dirname, 'programs/generator.ts');

/** Requests one after another on each of some connections. */
interface LoadOptions {
  readonly url: string;
  /** A file with what to post: JSON, or a frame of gRPC. */
  readonly bodyFile: string;
  readonly connections: number;
  readonly seconds: number;
  readonly signal?: AbortSignal;
}

/** What a load generator counted. */
export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Connections that failed or broke, answers that did not come in time or with another status than 2xx. */
  readonly errors: number;
}

/** A load generator. */
export interface Load {
  readonly name: string;
  run(options: LoadOptions): Promise<LoadResult>;
}

/** wrk where it is installed, else a program of ours: for HTTP/1.1. */
export async function chooseLoad(): Promise<Load> {
  const isInstalled = await run('wrk', ['--version']).then(
    () => true,
    (error: { code?: unknown }) => error.code !== 'ENOENT',
  );
  return isInstalled ? wrk : generator;
}

const wrk: Load = {
  name: 'wrk',
  async run({ url, bodyFile, connections, seconds, signal }) {
    const flags = ['-t1', `-c${connections}`, `-d${seconds}s`, '-s', WRK_SCRIPT];
    const { stdout } = await run('wrk', [...flags, url, '--', bodyFile], signal ? { signal } : {});
    return parseLoadResult(stdout);
  },
};

/** In a process of its own, as wrk is: it costs the proxy nothing but the core that it shares. */
export const generator: Load = {
  name: 'own generator',
  async run({ url, bodyFile, connections, seconds, signal }) {
    const parameters = [GENERATOR, url, bodyFile, String(connections), String(seconds)];
    const { stdout } = await run(process.execPath, parameters, signal ? { signal } : {});
    return parseLoadResult(stdout);
  },
};

/** Reads the line of JSON that wrk.lua and generator.ts print last. @throws Error if there is none. */
export function parseLoadResult(output: string): LoadResult {
  const line = output.trimEnd().split('\n').at(-1) ?? '';
  if (!line.startsWith('{')) throw new Error(`the load generator printed no result: ${output.slice(-500)}`);
  const { requests, duration_us, p50_us, p99_us, errors } = JSON.parse(line) as Record<string, number>;
  const figures = { requests, seconds: duration_us, p50Ms: p50_us, p99Ms: p99_us, errors };
  for (const [name, figure] of Object.entries(figures)) {
    if (!Number.isFinite(figure)) throw new Error(`the load generator's result lacks ${name}: ${line}`);
  }
  const [seconds, p50Ms, p99Ms] = [duration_us, p50_us, p99_us] as [number, number, number];
  return {
    requests: requests as number,
    seconds: seconds / 1e6,
    p50Ms: p50Ms / 1e3,
    p99Ms: p99Ms / 1e3,
    errors: errors as number,
  };
}
