import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const KIB = 1024;

/** Limits that `EFBIG` and `EMFILE` come from. */
export type Limit = 'fsize' | 'nofile';

/** Sets a limit of a process that runs. */
export function limitProcess(pid: number | undefined, limit: Limit, value: number | 'unlimited'): void {
  execFileSync('prlimit', ['--pid', String(pid), `--${limit}=${value}:`]);
}

/** A directory that is removed with its content. */
export class TemporaryDirectory implements Disposable {
  readonly path: string;
  #mounts = 0;

  /** @param memoryKib - the size of a file system of its own, in memory. Undefined: none. Needs root. */
  constructor(memoryKib?: number) {
    this.path = mkdtempSync(join(tmpdir(), 'flotilla-full-'));
    if (memoryKib === undefined) return;
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${memoryKib}k`, 'tmpfs', this.path]);
    this.#mounts++;
  }

  at(name: string): string {
    return join(this.path, name);
  }

  read(name: string): string {
    return readFileSync(this.at(name), 'utf8');
  }

  /** Leaves no byte free. */
  fill(): void {
    try {
      for (const size of [64 * KIB, KIB]) for (;;) appendFileSync(this.at('filler'), 'x'.repeat(size));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  }

  /** Nothing can be made in it any more, and what is open stays so. */
  makeReadOnly(): void {
    execFileSync('mount', ['--bind', this.path, this.path]);
    execFileSync('mount', ['-o', 'remount,bind,ro', this.path]);
    this.#mounts++;
  }

  [Symbol.dispose](): void {
    // Lazily: what was started in it may take a moment to be gone.
    for (; this.#mounts > 0; this.#mounts--) execFileSync('umount', ['-l', this.path]);
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** Why limits of processes cannot be set here; undefined: they can. */
export function limitObstacle(): string | undefined {
  return spawnSync('prlimit', ['--version']).status === 0 ? undefined : 'needs prlimit';
}

/** For the title of tests that are skipped. */
export function because(obstacle: string | undefined): string {
  return obstacle ? ` (skipped: ${obstacle})` : '';
}

/** Why a file system cannot be mounted here; undefined: it can. */
export function mountObstacle(): string | undefined {
  if (process.platform !== 'linux') return 'needs Linux';
  if (process.getuid?.() !== 0) return 'needs root, to mount a small file system';
  try {
    using _ = new TemporaryDirectory(100);
    return undefined;
  } catch {
    return 'may not mount file systems';
  }
}
