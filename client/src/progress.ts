import cliProgress from 'cli-progress';
import type { Output } from './output.js';

/** How far something is. */
export interface Progress {
  /** @param amount - How much more is done, in the unit of the total. Negative when a part starts over. */
  add(amount: number): void;
  /** Takes the bar away, whether all is done or not. */
  stop(): void;
}

/** Where nothing is shown, or the end is not known. */
export const SILENT: Progress = { add: () => {}, stop: () => {} };

/**
 * A bar on a terminal; nothing at all where the output is read by a program or kept in a file.
 *
 * @param total - The amount at which all is done.
 */
export function startProgress(output: Output, label: string, total: number): Progress {
  const stream = output.progressSink;
  if (!stream) return SILENT;
  const bar = new cliProgress.SingleBar({
    stream: stream as NodeJS.WritableStream,
    format: `${label} [{bar}] {percentage}%`,
    barCompleteChar: '#',
    barIncompleteChar: '.',
    clearOnComplete: true,
    hideCursor: true,
    gracefulExit: true,
  });
  bar.start(total, 0);
  return { add: (amount) => bar.increment(amount), stop: () => bar.stop() };
}
