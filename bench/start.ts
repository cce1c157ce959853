/**
 * Measures a fleet's start: from `up` to the first answer of the whole chain, to all of it ready, and its memory once
 * it idles; as local processes and, where an engine answers, under Docker, in turn:
 *
 *     node bench/start.ts [--mode parallel] [--runs 3] [--json]
 *
 * Needs the compiled packages, and under Docker the images (`make build-parallel`).
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import { freePortOffset } from '@flotilla/runtime';
import { formatShare } from '@flotilla/terminal/figures';
import { pipeline, programOf } from '@flotilla/topology';
import { describeMachine, thisMachine } from '../client/dist/machine.js';
import { median } from '../client/dist/quantiles.js';
import { watchOtherLoad } from './measure/other-load.ts';
import { formatSpread, spreadOf } from './measure/spread.ts';

const run = promisify(execFile);
const FLEET = join(import.meta.dirname, '..', programOf('runtime'));
const POLL_MS = 10;
/** Processes tidy their heaps two seconds after their start; memory is read when they have. */
const SETTLE_MS = 5000;

/** What is printed for programs. */
export interface StartReport {
  readonly machine: ReturnType<typeof thisMachine>;
  readonly mode: string;
  /** By runtime. */
  readonly samples: Readonly<Record<string, readonly Sample[]>>;
}

interface Sample {
  firstAnswerMs: number;
  readyMs: number;
  memoryMib: number;
  /** Of the machine's processor time, 0 to 1, what was used while the fleet idled: by its checks, and by others. */
  busyShare: number;
}

const { values: options } = parseArgs({
  options: {
    mode: { type: 'string', default: 'parallel' },
    runs: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
  },
});

const portOffset = await freePortOffset(pipeline({ balancers: 2 }));
const stateDir = await mkdtemp(join(tmpdir(), 'flotilla-bench-'));
const env = { ...process.env, FLOTILLA_PORT_OFFSET: String(portOffset), FLOTILLA_STATE_DIR: stateDir };
try {
  const report = await measureAll();
  console.log(options.json ? JSON.stringify(report, null, 2) : render(report));
} finally {
  await rm(stateDir, { recursive: true, force: true });
}

async function measureAll(): Promise<StartReport> {
  const runtimes = ['local', ...((await hasDocker()) ? ['docker'] : [])];
  const samples: Record<string, Sample[]> = Object.fromEntries(runtimes.map((name) => [name, []]));
  for (let n = 0; n < Number(options.runs); n++) {
    for (const name of runtimes) samples[name]?.push(await measure(name));
  }
  return { machine: thisMachine(), mode: options.mode, samples };
}

async function measure(runtime: string): Promise<Sample> {
  const started = performance.now();
  const up = fleet('--runtime', runtime, 'up', '--mode', options.mode);
  try {
    const firstAnswer = firstAnswerAt();
    await up;
    const readyMs = performance.now() - started;
    const firstAnswerMs = (await firstAnswer) - started;
    const busyNow = await watchOtherLoad();
    await delay(SETTLE_MS);
    const busyShare = await busyNow();
    const status = JSON.parse(await fleet('status', '--json')) as { fleet: { processes: { memoryBytes: number }[] } };
    const bytes = status.fleet.processes.reduce((sum, each) => sum + each.memoryBytes, 0);
    return { firstAnswerMs, readyMs, memoryMib: bytes / 2 ** 20, busyShare };
  } finally {
    await fleet('down');
  }
}

async function fleet(...args: string[]): Promise<string> {
  return (await run(process.execPath, [FLEET, ...args], { env })).stdout;
}

/** Asks until the chain answers with a right count. */
async function firstAnswerAt(): Promise<number> {
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"text":"one two two"}' };
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${8061 + portOffset}/process`, init)
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

function render({ machine, mode, samples }: StartReport): string {
  const lines = [
    `${mode} fleet on ${describeMachine(machine)}; ${options.runs} starts each, median (min–max)`,
    '',
    `${''.padEnd(8)}${'first answer'.padStart(24)}${'all ready'.padStart(24)}${'memory, idle'.padStart(26)}`,
  ];
  for (const [name, taken] of Object.entries(samples)) {
    const seconds = (figure: (sample: Sample) => number) =>
      `${formatSpread(spreadOf(taken.map((sample) => figure(sample) / 1000)), (value) => value.toFixed(1))} s`;
    const memory = formatSpread(spreadOf(taken.map(({ memoryMib }) => memoryMib)), (value) => value.toFixed(0));
    const cells = [seconds(({ firstAnswerMs }) => firstAnswerMs), seconds(({ readyMs }) => readyMs)];
    lines.push(`${name.padEnd(8)}${cells.map((cell) => cell.padStart(24)).join('')}${`${memory} MiB`.padStart(26)}`);
  }
  const busyShares = Object.values(samples).flatMap((taken) => taken.map(({ busyShare }) => busyShare));
  lines.push(
    '',
    'Memory: PSS of local processes; what Docker counts for containers, which share fewer pages.',
    `While the fleet idled, ${formatShare(median(busyShares))} of the machine was used, by its checks and by others.`,
  );
  return lines.join('\n');
}
