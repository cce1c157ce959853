import { mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { generateText } from '@flotilla/dataset';
import { type Command, Option } from '@flotilla/terminal/command-line';
import { formatBytes } from '@flotilla/terminal/figures';
import { DATASETS_FOLDER } from '../find-text.js';
import { number, size } from '../options.js';
import type { Context } from '../run-command.js';
import { writing } from '../writing.js';

interface DatasetOptions {
  readonly size: number;
  readonly seed: number;
  readonly out?: string;
}

const MAX_SEED = 2 ** 32 - 1;
const DEFAULT_SIZE = '32MB';

/** Declares the command's options. */
export function declareDataset(command: Command): Command {
  return command
    .description('write a text like real language; the same size and seed always give the same text')
    .addOption(new Option('--size <size>', 'its length').argParser(size).default(size(DEFAULT_SIZE), DEFAULT_SIZE))
    .addOption(number('--seed <number>', 'which text', 0, MAX_SEED, 1))
    .option('--out <file>', 'where it goes (default: datasets/text-SIZE-seedSEED.txt)');
}

export async function runDataset({ output, signal }: Context, options: DatasetOptions): Promise<void> {
  const { size: sizeBytes, seed } = options;
  const file = options.out ?? path.join(DATASETS_FOLDER, `text-${compactSize(sizeBytes)}-seed${seed}.txt`);
  await writeText(file, sizeBytes, seed, signal);
  output.text(`${file}: ${formatBytes(sizeBytes)}`);
  output.result({ file, size_bytes: sizeBytes, seed });
}

/** Writes a made text to a file; an interrupted one is taken away again. */
export async function writeText(file: string, sizeBytes: number, seed: number, signal: AbortSignal): Promise<void> {
  await writing(file, async () => {
    await mkdir(path.dirname(file), { recursive: true });
    const handle = await open(file, 'w');
    // A device or a pipe is not ours to remove.
    const isOurs = (await handle.stat()).isFile();
    try {
      await pipeline(Readable.from(generateText({ sizeBytes, seed })), handle.createWriteStream(), { signal });
    } catch (error) {
      if (isOurs) await rm(file, { force: true });
      throw error;
    }
  });
}

/** `32MB` for 32,000,000, `1500B` for 1,500: the largest decimal unit that divides the size. */
function compactSize(sizeBytes: number): string {
  const units = [
    { name: 'GB', bytes: 1e9 },
    { name: 'MB', bytes: 1e6 },
    { name: 'KB', bytes: 1e3 },
  ];
  const unit = units.find(({ bytes }) => sizeBytes > 0 && sizeBytes % bytes === 0) ?? { name: 'B', bytes: 1 };
  return `${sizeBytes / unit.bytes}${unit.name}`;
}
