import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type Command, Option } from '@flotilla/terminal/command-line';
import { type FleetAddresses, fleetAddresses } from '../addresses.js';
import { countFile, type FileCount } from '../count-file.js';
import { countLocally, type Expected } from '../expected.js';
import { DEFAULT_STATE_DIR, readPeaks } from '../fleet-memory.js';
import { type LargeTestResult, largeTestAsJson, renderLargeTest } from '../large-test-view.js';
import { thisMachine } from '../machine.js';
import { type CutOptions, jsonLimitOf, number, size, type TextOptions, withCutting, withTexts } from '../options.js';
import { ClientError } from '../problems.js';
import { startProgress } from '../progress.js';
import { requireFleet } from '../require-fleet.js';
import type { Context } from '../run-command.js';
import { realSender } from '../send.js';
import { TextFile } from '../text-file.js';
import { writeText } from './dataset.js';

interface LargeTestOptions extends TextOptions, CutOptions {
  readonly size: number;
  readonly seed: number;
  readonly stateDir: string;
}

const WAYS = [2, 4] as const;
const DEFAULT_SIZE = '100MB';
const MAX_SEED = 2 ** 32 - 1;

/** Declares the command's arguments and options. */
export function declareLargeTest(command: Command): Command {
  return withCutting(withTexts(command))
    .description('a large text 2-way and 4-way: times, memory, and whether the count is right')
    .argument('[file]', 'a text to take instead of a made one')
    .addOption(
      new Option('--size <size>', 'of the text that is made').argParser(size).default(size(DEFAULT_SIZE), DEFAULT_SIZE),
    )
    .addOption(number('--seed <number>', 'which text is made', 0, MAX_SEED, 1))
    .addOption(
      new Option('--state-dir <folder>', 'where the local runtime keeps its state')
        .env('FLOTILLA_STATE_DIR')
        .default(DEFAULT_STATE_DIR),
    );
}

export async function runLargeTest(
  context: Context,
  name: string | undefined,
  options: LargeTestOptions,
): Promise<void> {
  await requireFleet(fleetAddresses(options), context.call(options.timeout));
  if (name !== undefined) return test(context, name, options);
  const folder = await mkdtemp(path.join(os.tmpdir(), 'flotilla-large-'));
  try {
    const file = path.join(folder, 'large.txt');
    await writeText(file, options.size, options.seed, context.signal);
    await test(context, file, options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function test(context: Context, name: string, options: LargeTestOptions): Promise<void> {
  const { output } = context;
  await using file = await TextFile.open(name);
  const addresses = fleetAddresses(options);
  const counts: FileCount[] = [];
  for (const ways of WAYS) counts.push(await count(context, file, ways, addresses, options));
  const started = performance.now();
  const expected = await countLocally(file.slices({ start: 0, end: file.sizeBytes }));
  const localMs = performance.now() - started;
  const result: LargeTestResult = {
    machine: thisMachine(),
    file: file.path,
    sizeBytes: file.sizeBytes,
    runs: counts.map((each, index) => ({ ways: WAYS[index] ?? 0, count: each, isRight: isRight(each, expected) })),
    localMs,
    peaks: await readPeaks(options.stateDir, options.portOffset),
  };
  output.text(renderLargeTest(result));
  output.result(largeTestAsJson(result));
  for (const { ways } of result.runs.filter((run) => !run.isRight)) {
    output.problem(new ClientError(`the ${ways}-way report is not that of the text counted here in one piece`));
  }
}

async function count(
  context: Context,
  file: TextFile,
  parallel: number,
  addresses: FleetAddresses,
  options: LargeTestOptions,
): Promise<FileCount> {
  const progress = startProgress(context.output, `${parallel}-way`, file.sizeBytes);
  try {
    const sender = realSender(await context.transport(options.transport), context.call(options.timeout));
    return await countFile(file, {
      addresses,
      parallel,
      ...jsonLimitOf(options),
      isTableWanted: false,
      sender,
      progress,
    });
  } finally {
    progress.stop();
  }
}

function isRight(found: FileCount, expected: Expected): boolean {
  return found.wordCount === expected.wordCount && found.report === expected.report;
}
