import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { styleText } from 'node:util';
import { type FleetFiles, logFile } from '../fleet/fleet-files.js';
import type { LogsOptions } from '../fleet/runtime.js';
import { LogFollower } from './log-follower.js';
import { type LogLine, logSegments, mergeByTime, readSegments } from './log-segments.js';

const POLL_INTERVAL_MS = 100;
const BATCH_LINES = 500;
const COLOURS = ['cyan', 'green', 'magenta', 'yellow', 'blue', 'red'] as const;

/** Prints logs, merged by time, each line after the name of its process when there are several. */
export async function showLogs(
  files: FleetFiles,
  names: readonly string[],
  options: LogsOptions,
  output: NodeJS.WriteStream,
): Promise<void> {
  const printer = new LogPrinter(names, output);
  const logs = await Promise.all(
    names.map(async (name) => ({ name, segments: await logSegments(logFile(files, name), options.tailLines) })),
  );
  if (!(await printer.printAll(mergeByTime(logs.map(({ name, segments }) => readSegments(name, segments)))))) return;
  if (!options.follow) return;
  const followers = await Promise.all(
    logs.map(({ name, segments }) => LogFollower.open(name, logFile(files, name), segments.at(-1)?.end ?? 0)),
  );
  await follow(followers, printer, options.signal);
}

async function follow(followers: readonly LogFollower[], printer: LogPrinter, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const lines = (await Promise.all(followers.map((follower) => follower.poll()))).flat();
    lines.sort((a, b) => a.timeMs - b.timeMs);
    if (!(await printer.print(lines))) return;
    if (lines.length === 0) await delay(POLL_INTERVAL_MS, undefined, { signal }).catch(() => {});
  }
}

class LogPrinter {
  readonly #output: NodeJS.WriteStream;
  readonly #prefixes = new Map<string, string>();

  constructor(names: readonly string[], output: NodeJS.WriteStream) {
    this.#output = output;
    const width = Math.max(0, ...names.map((name) => name.length));
    for (const [index, name] of names.entries()) {
      const colour = COLOURS[index % COLOURS.length] ?? 'cyan';
      const prefix = styleText(colour, `${name.padEnd(width)} |`, { stream: output });
      this.#prefixes.set(name, names.length > 1 ? `${prefix} ` : '');
    }
  }

  /** @returns false when the reader has gone: `logs | head`. */
  async print(lines: readonly LogLine[]): Promise<boolean> {
    const text = lines.map((line) => `${this.#prefixes.get(line.name)}${line.text}\n`).join('');
    if (text && !this.#output.write(text)) await drained(this.#output);
    return this.#output.writable;
  }

  /** @returns false as {@link print}. */
  async printAll(lines: AsyncIterable<LogLine>): Promise<boolean> {
    let batch: LogLine[] = [];
    for await (const line of lines) {
      batch.push(line);
      if (batch.length < BATCH_LINES) continue;
      if (!(await this.print(batch))) return false;
      batch = [];
    }
    return this.print(batch);
  }
}

/** Settles when the output takes more, or never will. */
async function drained(output: NodeJS.WriteStream): Promise<void> {
  const settled = new AbortController();
  const either = ['drain', 'close'].map((event) => once(output, event, { signal: settled.signal }));
  await Promise.race(either).catch(() => {});
  settled.abort();
  await Promise.allSettled(either);
}
