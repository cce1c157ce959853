import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Enough for the lines that are shown, and little enough to be read while others wait. */
const TAIL_BYTES = 64 * 1024;

/** The last lines of a file, oldest first; none when it cannot be read. Reads at most its last 64 KiB. */
export function lastLines(path: string, count: number): string[] {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch {
    return [];
  }
  try {
    const { size } = fstatSync(descriptor);
    const start = Math.max(0, size - TAIL_BYTES);
    const buffer = Buffer.alloc(size - start);
    const read = readSync(descriptor, buffer, 0, buffer.length, start);
    const lines = buffer.toString('utf8', 0, read).split('\n');
    // The first may have been cut in two.
    const whole = start > 0 ? lines.slice(1) : lines;
    return whole.filter((line) => line.trim() !== '').slice(-count);
  } catch {
    return [];
  } finally {
    closeSync(descriptor);
  }
}
