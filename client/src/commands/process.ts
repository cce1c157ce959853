import type { Command } from 'commander';
import { type FleetAddresses, fleetAddresses } from '../addresses.js';
import { countFile } from '../count-file.js';
import { countAsJson, renderCount } from '../count-view.js';
import { type CutOptions, jsonLimitOf, number, type TextOptions, withCutting, withTexts } from '../options.js';
import { startProgress } from '../progress.js';
import type { Context } from '../run-command.js';
import { realSender, type Sender } from '../send.js';
import { TextFile } from '../text-file.js';

interface ProcessOptions extends TextOptions, CutOptions {
  readonly parallel: number;
  readonly includeFrequencies?: boolean;
}

/** Most requests that one file is cut for on purpose. A fleet has 4 pipelines; this is room, not advice. */
const MAX_PARALLEL = 1024;

/** Declares the command's arguments and options. */
export function declareProcess(command: Command): Command {
  return withCutting(withTexts(command))
    .description('count the words of files: cut each at white space, send the chunks at once, merge the answers')
    .argument('<file...>', 'paths, or names of files in datasets/')
    .addOption(number('-p, --parallel <number>', 'chunks wanted, and requests at once', 1, MAX_PARALLEL, 4))
    .option('--include-frequencies', 'also tell every word with its count');
}

/** Counts each file; one that fails does not stop the others. */
export async function runProcess(context: Context, files: string[], options: ProcessOptions): Promise<void> {
  const addresses = fleetAddresses(options);
  const sender = realSender(await context.transport(options.transport), context.call(options.timeout));
  const results: unknown[] = [];
  for (const name of files) {
    try {
      results.push(await countNamed(name, context, options, addresses, sender));
    } catch (error) {
      context.signal.throwIfAborted();
      results.push({ file: name, error: context.output.problem(error) });
    }
  }
  context.output.result({ files: results });
}

async function countNamed(
  name: string,
  { output }: Context,
  options: ProcessOptions,
  addresses: FleetAddresses,
  sender: Sender,
): Promise<unknown> {
  await using file = await TextFile.open(name);
  const isTableWanted = options.includeFrequencies === true;
  const progress = startProgress(output, name, file.sizeBytes);
  try {
    const { parallel } = options;
    const count = await countFile(file, {
      addresses,
      sender,
      parallel,
      ...jsonLimitOf(options),
      isTableWanted,
      progress,
    });
    progress.stop();
    output.text(renderCount(file, count, isTableWanted));
    return countAsJson(file, count, isTableWanted);
  } finally {
    progress.stop();
  }
}
