import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { FleetError } from './fleet-error.js';
import type { FleetFiles } from './fleet-files.js';
import type { Interruption } from './interruption.js';
import { isAlive, processIdentity, type RecordedProcess } from './process-identity.js';
import { until } from './until.js';

/** Longer than a fleet takes to start or to stop. */
const WAIT_MS = 120_000;

/**
 * Runs `work` while no other command changes the same fleet. A command that died leaves no lock behind that counts.
 *
 * @param command - what people call the work: shown to whoever waits for it in vain.
 * @param interruption - ends the wait for the other command, not the work. Undefined: nothing does.
 * @throws FleetError when the other command takes more than two minutes.
 */
export async function withLock<Result>(
  files: FleetFiles,
  command: string,
  interruption: Interruption | undefined,
  work: () => Promise<Result>,
): Promise<Result> {
  mkdirSync(files.stateDir, { recursive: true, mode: 0o700 });
  const own = { name: command, pid: process.pid, identity: processIdentity(process.pid) ?? '' };
  const tryUnlessInterrupted = () => {
    interruption?.throwIfReceived();
    return tryLock(files, own);
  };
  if (!(await until(tryUnlessInterrupted, WAIT_MS))) {
    const holder = readLock(files.lock);
    throw new FleetError(`another command is at work on this fleet: ${holder?.name} (pid ${holder?.pid})`);
  }
  try {
    return await work();
  } finally {
    rmSync(files.lock, { force: true });
  }
}

function tryLock(files: FleetFiles, own: RecordedProcess): boolean {
  const draft = `${files.lock}.${own.pid}`;
  writeFileSync(draft, JSON.stringify(own), { mode: 0o600 });
  try {
    // A link fails where a file already is, and the file is never seen half written.
    linkSync(draft, files.lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    removeStaleLock(files.lock, own.pid);
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
}

function removeStaleLock(lock: string, pid: number): void {
  const holder = readLock(lock);
  if (!holder || isAlive(holder)) return;
  const aside = `${lock}.stale.${pid}`;
  try {
    renameSync(lock, aside);
    const moved = readLock(aside);
    // Somebody else may have removed the stale lock, and locked, since we looked: that lock is put back.
    if (moved && isAlive(moved)) linkSync(aside, lock);
  } catch (error) {
    if (!['ENOENT', 'EEXIST'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

function readLock(path: string): RecordedProcess | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as RecordedProcess;
  } catch {
    return undefined;
  }
}
