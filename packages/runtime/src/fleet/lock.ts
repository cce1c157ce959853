import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { Interruption } from '@flotilla/terminal/interruption';
import { systemReason } from '@flotilla/terminal/system-error';
import type { FleetContext } from './fleet-context.js';
import { FleetError } from './fleet-error.js';
import type { FleetFiles } from './fleet-files.js';
import { isAlive, processIdentity, type RecordedProcess } from './process-identity.js';
import { waitFor } from './wait-for.js';

/** Longer than a fleet takes to start or to stop. */
const WAIT_MS = 120_000;

/**
 * Runs `work` while no other command changes the same fleet. A command that died leaves no lock behind that counts.
 *
 * @param command - what people call the work: shown to a command that waits for it in vain.
 * @param interruption - ends the wait for the other command, not the work. Undefined: nothing does.
 * @param goOn - does the work without a lock where none can be written, and is told why: a full disk is no reason to leave
 * a fleet running. Undefined: the work is refused then.
 * @throws FleetError when the other command takes more than two minutes, or the work is refused.
 */
export async function withLock<Result>(
  files: FleetFiles,
  command: string,
  interruption: Interruption | undefined,
  work: () => Promise<Result>,
  goOn?: (reason: string) => void,
): Promise<Result> {
  const own = { name: command, pid: process.pid, identity: processIdentity(process.pid) ?? '' };
  let unwritable: string | undefined;
  const tryUnlessInterrupted = () => {
    interruption?.throwIfReceived();
    try {
      return tryLock(files, own);
    } catch (error) {
      unwritable = systemReason(error);
      if (unwritable === undefined) throw error;
      if (!goOn) throw unwritableState(files, unwritable);
      const holder = readLock(files.lock);
      return !holder || !isAlive(holder);
    }
  };
  if (!(await waitFor(tryUnlessInterrupted, WAIT_MS))) {
    const holder = readLock(files.lock);
    throw new FleetError(`another command is at work on this fleet: ${holder?.name} (pid ${holder?.pid})`);
  }
  if (unwritable !== undefined) {
    goOn?.(unwritable);
    return await work();
  }
  try {
    return await work();
  } finally {
    removeIfPossible(files.lock);
  }
}

/** For {@link withLock}: goes on, and says so. */
export function sayUnlocked({ files, say }: FleetContext): (reason: string) => void {
  return (reason) => say(`${files.stateDir} cannot be written (${reason}): going on without a lock`);
}

/** Why nothing is started where nothing can be remembered of it. */
export function unwritableState({ stateDir }: FleetFiles, reason: string): FleetError {
  return new FleetError(
    `nothing was started: ${stateDir}, where the fleet would be remembered, cannot be written (${reason}); ` +
      'make room there (`make clean` removes its logs), or set FLOTILLA_STATE_DIR',
  );
}

/** Of a lock that stays, the holder is dead. */
function removeIfPossible(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch (error) {
    if (systemReason(error) === undefined) throw error;
  }
}

function tryLock(files: FleetFiles, own: RecordedProcess): boolean {
  mkdirSync(files.stateDir, { recursive: true, mode: 0o700 });
  const draft = `${files.lock}.${own.pid}`;
  try {
    writeFileSync(draft, JSON.stringify(own), { mode: 0o600 });
    // A link fails where a file already is, and the file is never seen half written.
    linkSync(draft, files.lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    removeStaleLock(files.lock, own.pid);
    return false;
  } finally {
    removeIfPossible(draft);
  }
}

function removeStaleLock(lock: string, pid: number): void {
  const holder = readLock(lock);
  if (!holder || isAlive(holder)) return;
  const aside = `${lock}.stale.${pid}`;
  try {
    renameSync(lock, aside);
    const moved = readLock(aside);
    // Another command may have removed the stale lock, and locked, since we looked: that lock is put back.
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
