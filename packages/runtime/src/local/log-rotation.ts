import { ftruncateSync, readSync, writeFileSync } from 'node:fs';
import { open, readdir, rename, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';

/** How often the sizes of logs are looked at. What is written meanwhile comes on top of the limit. */
const CHECK_INTERVAL_MS = 1000;
const COPY_BUFFER_BYTES = 1024 * 1024;
/** A log that cannot be put aside, for want of room, is cut without that once it is so many times as long as it may be. */
const CUT_AT_TIMES_LIMIT = 2;

/**
 * Keeps every `*.log` of a directory bounded: past the limit it is copied to `<name>.log.1` and cut to nothing. The
 * writers keep their descriptors, which append. What is written between the last look and the cut is lost: two system
 * calls in a row, once per limit.
 */
export class LogRotation {
  readonly #directory: string;
  readonly #maxBytes: number;
  readonly #say: (text: string) => void;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  #isFailing = false;

  /** @param say - is told once when logs cannot be put aside, and once when they can again. */
  constructor(directory: string, maxBytes: number, say: (text: string) => void) {
    this.#directory = directory;
    this.#maxBytes = maxBytes;
    this.#say = say;
    this.#schedule();
  }

  /** Stops looking. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => void this.#check().finally(() => this.#schedule()), CHECK_INTERVAL_MS);
    this.#timer.unref();
  }

  /** A log that cannot be put aside now (disk full, directory gone) is tried again at the next look. */
  async #check(): Promise<void> {
    let failure: unknown;
    const names = await readdir(this.#directory).catch((error) => {
      failure = error;
      return [];
    });
    for (const name of names.filter((each) => each.endsWith('.log'))) {
      await rotateLog(join(this.#directory, name), this.#maxBytes).catch((error) => {
        failure = error;
      });
    }
    if (this.#closed) return;
    if (failure && !this.#isFailing) this.#say(`logs cannot be put aside: ${(failure as Error).message}`);
    if (!failure && this.#isFailing) this.#say('logs can be put aside again');
    this.#isFailing = failure !== undefined;
  }
}

/**
 * Puts one log aside if it is larger than a limit.
 *
 * The older file gets its name only after the cut, so that a reader that follows the log and sees a new `.1` knows that the
 * log starts again.
 *
 * @returns whether it was put aside.
 * @throws Error of the system when it could not be.
 */
export async function rotateLog(path: string, maxBytes: number): Promise<boolean> {
  const { size } = await stat(path);
  if (size <= maxBytes) return false;
  const part = `${path}.part`;
  try {
    await moveContent(path, part);
  } catch (error) {
    // Half a copy takes room that the log may need.
    await rm(part, { force: true });
    if (size > CUT_AT_TIMES_LIMIT * maxBytes) await truncate(path);
    throw error;
  }
  await rename(part, `${path}.1`);
  return true;
}

async function moveContent(from: string, to: string): Promise<void> {
  await using source = await open(from, 'r+');
  await using target = await open(to, 'w', 0o600);
  const buffer = Buffer.alloc(COPY_BUFFER_BYTES);
  for (;;) {
    const { bytesRead } = await source.read(buffer);
    if (bytesRead > 0) {
      await target.writeFile(buffer.subarray(0, bytesRead));
      continue;
    }
    // The end as it was some time ago: what came since is copied, and the file cut, without letting go.
    const rest = readSync(source.fd, buffer);
    if (rest > 0) writeFileSync(target.fd, buffer.subarray(0, rest));
    if (rest === buffer.length) continue;
    return ftruncateSync(source.fd, 0);
  }
}
