/**
 * Measures a fleet's start: from `up` to the first answer of the whole chain, to all of it ready, and its memory once
 * it idles; as local processes and, where an engine answers, under Docker, in turn:
 *
 *     node bench/start.ts [--mode parallel] [--runs 3] [--json]
 *
 * Needs the compiled packages, and under Docker the images (`make build-parallel`). No fleet may be up.
 */
import { execFile } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';

const run = promisify(execFile);
const FLEET = join(import.meta.dirname, '../packages/runtime/dist/main.js');
const POLL_MS = 10;
/** Processes tidy their heaps two seconds after their start; memory is read when they have. */
const SETTLE_MS = 5000;

interface Sample {
  firstAnswerMs: number;
  readyMs: number;
  memoryMib: number;
}

const { values: options } = parseArgs({
  options: {
    mode: { type: 'string', default: 'parallel' },
    runs: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
  },
});

const runtimes = ['local', ...((await hasDocker()) ? ['docker'] : [])];
const samples: Record<string, Sample[]> = Object.fromEntries(runtimes.map((name) => [name, []]));
for (let n = 0; n < Number(options.runs); n++) {
  for (const name of runtimes) samples[name]?.push(await measure(name));
}
console.log(options.json ? JSON.stringify({ machine: machine(), mode: options.mode, samples }, null, 2) : render());

async function measure(runtime: string): Promise<Sample> {
  const started = performance.now();
  const up = fleet('--runtime', runtime, 'up', '--mode', options.mode);
  try {
    const firstAnswer = firstAnswerAt();
    await up;
    const readyMs = performance.now() - started;
    const firstAnswerMs = (await firstAnswer) - started;
    await delay(SETTLE_MS);
    const status = JSON.parse(await fleet('status', '--json')) as { fleet: { processes: { memoryBytes: number }[] } };
    const bytes = status.fleet.processes.reduce((sum, each) => sum + each.memoryBytes, 0);
    return { firstAnswerMs, readyMs, memoryMib: bytes / 2 ** 20 };
  } finally {
    await fleet('down');
  }
}

async function fleet(...args: string[]): Promise<string> {
  return (await run(process.execPath, [FLEET, ...args])).stdout;
}

/** Asks until the chain answers with a right count. */
async function firstAnswerAt(): Promise<number> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"text":"one two two"}' };
  for (;;) {
    const answer = await fetch('http://127.0.0.1:8061/process', init)
      .then((response) => response.json() as Promise<{ word_count?: number }>)
      .catch(() => undefined);
    if (answer?.word_count === 3) return performance.now();
    await delay(POLL_MS);
  }
}

async function hasDocker(): Promise<boolean> {
  return run('docker', ['info']).then(
    () => true,
    () => false,
  );
}

function machine(): string {
  return `${cpus()[0]?.model.trim()}, ${availableParallelism()} cores, Node ${process.version}`;
}

function render(): string {
  const lines = [
    `${options.mode} fleet on ${machine()}; ${options.runs} starts each, median (min–max)`,
    '',
    `${''.padEnd(8)}${'first answer'.padStart(24)}${'all ready'.padStart(24)}${'memory, idle'.padStart(26)}`,
  ];
  for (const [name, taken] of Object.entries(samples)) {
    const first = summary(taken.map(({ firstAnswerMs }) => firstAnswerMs / 1000));
    const ready = summary(taken.map(({ readyMs }) => readyMs / 1000));
    const memory = summary(taken.map(({ memoryMib }) => memoryMib));
    lines.push(
      `${name.padEnd(8)}${`${first} s`.padStart(24)}${`${ready} s`.padStart(24)}${`${memory} MiB`.padStart(26)}`,
    );
  }
  lines.push('', 'Memory: PSS of local processes; what Docker counts for containers, which share fewer pages.');
  return lines.join('\n');
}

function summary(values: number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  const digits = (sorted[0] ?? 0) < 100 ? 1 : 0;
  const [min, median, max] = [0, Math.floor((sorted.length - 1) / 2), sorted.length - 1].map((index) =>
    (sorted[index] ?? Number.NaN).toFixed(digits),
  );
  return `${median} (${min}–${max})`;
}
