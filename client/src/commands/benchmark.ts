import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { generateText } from '@flotilla/dataset';
import { type Command, Option, wholeNumbers } from '@flotilla/terminal/command-line';
import { fleetAddresses } from '../addresses.js';
import { type BalancerStats, readStats } from '../balancer-stats.js';
import { type BatchOptions, type BatchResult, runBatches } from '../benchmark.js';
import {
  type BatchDocument,
  type BenchmarkDocument,
  benchmarkDocument,
  type SustainedDocument,
} from '../benchmark-document.js';
import { renderBenchmark } from '../benchmark-view.js';
import { countLocally, type Expected } from '../expected.js';
import { workBetween } from '../instance-work.js';
import { thisMachine } from '../machine.js';
import { number, type TextOptions, withTexts } from '../options.js';
import { ClientError, reportOf } from '../problems.js';
import { startProgress } from '../progress.js';
import { requireFleet } from '../require-fleet.js';
import type { Context } from '../run-command.js';
import { statsByStage } from '../stage-stats.js';
import { isFlawless, type LoadResult, runLoad } from '../sustained.js';
import { TextFile } from '../text-file.js';
import { writing } from '../writing.js';

interface BenchmarkOptions extends TextOptions {
  readonly iterations: number;
  readonly batch: number;
  readonly warmUp: number;
  readonly sustained: boolean;
  readonly connections: readonly number[];
  readonly duration: number;
  readonly save?: string;
}

/** Where texts go, and how. */
type Fleet = Pick<BatchOptions, 'target' | 'transport' | 'call'>;

const MAX_ITERATIONS = 1_000_000;
const MAX_CONNECTIONS = 10_000;
const MAX_DURATION_S = 3600;
/** Length of the text for sustained load and for warming up. */
const SMALL_TEXT_BYTES = 1000;

/** Declares the command's arguments and options. */
export function declareBenchmark(command: Command): Command {
  return withTexts(command)
    .description('send one whole text many times, in batches; then sustained load on a small text')
    .argument('[file]', 'path, or name of a file in datasets/', 'sample.txt')
    .addOption(number('--iterations <number>', 'requests', 1, MAX_ITERATIONS, 20))
    .addOption(number('--batch <number>', 'requests at once', 1, MAX_CONNECTIONS, 4))
    .addOption(number('--warm-up <number>', 'small requests before, not measured', 0, MAX_ITERATIONS, 200))
    .addOption(
      new Option('--connections <list>', 'of the sustained load, one run for each')
        .argParser(wholeNumbers(1, MAX_CONNECTIONS))
        .default([1, 16, 64], '1,16,64'),
    )
    .addOption(number('--duration <seconds>', 'of each run of sustained load', 1, MAX_DURATION_S, 5))
    .option('--no-sustained', 'leave the sustained load out')
    .option('--save <file>', 'keep the result as JSON');
}

export async function runBenchmark(context: Context, name: string, options: BenchmarkOptions): Promise<void> {
  const { output } = context;
  const addresses = fleetAddresses(options);
  const http = context.call(options.timeout);
  await requireFleet(addresses, http);
  const fleet = { target: addresses.process, transport: await context.transport(options.transport), call: http };
  await using file = await TextFile.open(name);
  await warmUp(fleet, options);
  const before = await readStats(addresses.balancers, http);
  const batches = await measureBatches(context, file, fleet, options);
  const after = await readStats(addresses.balancers, http);
  const sustained = options.sustained ? await measureSustained(context, fleet, options) : [];
  const document = benchmarkDocument({
    made_at: new Date().toISOString(),
    machine: thisMachine(),
    url: String(addresses.process),
    fleet: kindOf(after),
    transport: fleet.transport.name,
    warm_up: options.warmUp,
    file: file.path,
    size_bytes: file.sizeBytes,
    batches: batchDocument(batches),
    instances: workBetween(before, after),
    sustained: sustained.map(sustainedDocument),
  });
  const { save } = options;
  if (save) await writing(save, () => writeFile(save, `${JSON.stringify(document, null, 2)}\n`));
  output.text(renderBenchmark(document));
  output.result(document);
  for (const problem of failuresOf(document, sustained)) output.problem(problem);
}

/** The first requests to a process pay for its compiling; a fleet of twenty needs many. Ends when a request fails. */
async function warmUp(fleet: Fleet, options: BenchmarkOptions): Promise<void> {
  const { batch } = options;
  const small = await smallText();
  const request = { ...fleet, ...small, iterations: batch, batch, onDone: () => {} };
  for (let sent = 0; sent < options.warmUp; sent += batch) {
    const { successRate } = await runBatches({ ...request, runId: newRunId() });
    if (successRate < 1) return;
  }
}

async function measureBatches(
  { output }: Context,
  file: TextFile,
  fleet: Fleet,
  { iterations, batch }: BenchmarkOptions,
): Promise<BatchResult> {
  const text = await file.readWhole();
  const expected = await countLocally([text]);
  const progress = startProgress(output, 'batches', iterations);
  const onDone = () => progress.add(1);
  try {
    return await runBatches({ ...fleet, text, expected, iterations, batch, runId: newRunId(), onDone });
  } finally {
    progress.stop();
  }
}

async function measureSustained(
  { output }: Context,
  fleet: Fleet,
  { connections, duration }: BenchmarkOptions,
): Promise<LoadResult[]> {
  const load = { ...fleet, ...(await smallText()), durationSeconds: duration, runId: newRunId() };
  const progress = startProgress(output, 'sustained load', connections.length);
  const results: LoadResult[] = [];
  try {
    for (const count of connections) {
      results.push(await runLoad({ ...load, connections: count }));
      progress.add(1);
    }
  } finally {
    progress.stop();
  }
  return results;
}

/** What is sent where only the fleet's cost per request matters. */
async function smallText(): Promise<{ text: Buffer; expected: Expected }> {
  const text = Buffer.concat([...generateText({ sizeBytes: SMALL_TEXT_BYTES, seed: 1 })]);
  return { text, expected: await countLocally([text]) };
}

function newRunId(): string {
  return `benchmark-${randomBytes(6).toString('hex')}`;
}

/** One balancer of each stage is enough to make a fleet a parallel one. */
function kindOf(all: readonly BalancerStats[]): BenchmarkDocument['fleet'] {
  if (all.every((balancer) => balancer.state === 'no-balancer')) return 'sequential';
  return statsByStage(all).every(({ instances }) => instances.length > 0) ? 'parallel' : 'unknown';
}

function batchDocument(result: BatchResult): BatchDocument {
  return {
    iterations: result.iterations,
    batch: result.batch,
    latency_ms: result.latencyMs ?? null,
    wall_ms: result.wallMs,
    requests_per_s: result.requestsPerSecond,
    megabytes_per_s: result.megabytesPerSecond,
    parallel_efficiency: result.parallelEfficiency,
    success_rate: result.successRate,
    errors: result.errors.map(reportOf),
  };
}

function sustainedDocument(result: LoadResult): SustainedDocument {
  return {
    connections: result.connections,
    seconds: result.seconds,
    requests: result.requests,
    requests_per_s: result.requestsPerSecond,
    latency_ms: result.latencyMs,
    connection_errors: result.connectionErrors,
    other_status: result.otherStatus,
    wrong_answer: result.wrongAnswer ?? null,
  };
}

function failuresOf({ batches }: BenchmarkDocument, sustained: readonly LoadResult[]): ClientError[] {
  const { errors, iterations } = batches;
  const [first] = errors;
  const failed = first && [
    new ClientError(`${errors.length} of ${iterations} requests failed: ${first.message}`, first.fix),
  ];
  const flawed = sustained.filter((result) => !isFlawless(result));
  return [
    ...(failed || []),
    ...flawed.map(
      ({ connections }) => new ClientError(`the sustained load at ${connections} connections met failures`),
    ),
  ];
}
