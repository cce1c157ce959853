import type { Command } from '@flotilla/terminal/command-line';
import { type FleetAddresses, fleetAddresses } from '../addresses.js';
import { countFile, type FileCount } from '../count-file.js';
import { countStream } from '../count-stream.js';
import { type CountedText, countAsJson, renderCount } from '../count-view.js';
import { findText } from '../find-text.js';
import { type CutOptions, jsonLimitOf, number, type TextOptions, withCutting, withTexts } from '../options.js';
import { SILENT, startProgress } from '../progress.js';
import type { Context } from '../run-command.js';
import { realSender, type Sender } from '../send.js';
import { TextFile } from '../text-file.js';
import { TextStream } from '../text-stream.js';

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
    .argument('<file...>', 'paths, names of files in datasets/, or - for standard input; pipes are cut as they come')
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
  { output, signal }: Context,
  options: ProcessOptions,
  addresses: FleetAddresses,
  sender: Sender,
): Promise<unknown> {
  const isTableWanted = options.includeFrequencies === true;
  const { parallel } = options;
  const common = { addresses, sender, parallel, ...jsonLimitOf(options), isTableWanted };
  const tell = (text: CountedText, count: FileCount) => {
    output.text(renderCount(text, count, isTableWanted));
    return countAsJson(text, count, isTableWanted);
  };
  const found = await findText(name);
  if (found.kind !== 'file' || found.descriptor !== undefined) {
    using stream = TextStream.open(found, signal);
    return tell(stream, await countStream(stream, { ...common, progress: SILENT }));
  }
  await using file = await TextFile.openFound(found);
  const progress = startProgress(output, name, file.sizeBytes);
  try {
    const count = await countFile(file, { ...common, progress });
    progress.stop();
    return tell(file, count);
  } finally {
    progress.stop();
  }
}
