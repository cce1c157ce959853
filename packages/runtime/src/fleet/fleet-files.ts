import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where everything of one fleet lies. */
export interface FleetFiles {
  readonly stateDir: string;
  readonly state: string;
  readonly lock: string;
  readonly socket: string;
  readonly logDir: string;
  /** Logs of the fleet that ran before, so that the reason for its end is not lost at the next start. */
  readonly previousLogDir: string;
}

/** Name under which the supervisor's own log is kept. */
export const SUPERVISOR = 'supervisor';

/** Longest path of a unix socket: 108 bytes on Linux, 104 on macOS, with the 0 at its end. */
const MAX_SOCKET_PATH_BYTES = 103;

/** Names of all files of the fleet that lives in a state directory (an absolute path). */
export function fleetFiles(stateDir: string): FleetFiles {
  return {
    stateDir,
    state: join(stateDir, 'fleet.json'),
    lock: join(stateDir, 'lock'),
    socket: socketPath(stateDir),
    logDir: join(stateDir, 'logs'),
    previousLogDir: join(stateDir, 'logs.previous'),
  };
}

function socketPath(stateDir: string): string {
  const inside = join(stateDir, 'supervisor.sock');
  if (Buffer.byteLength(inside) <= MAX_SOCKET_PATH_BYTES) return inside;
  const digest = createHash('sha256').update(stateDir).digest('hex').slice(0, 16);
  return join(tmpdir(), `flotilla-${digest}.sock`);
}

/** The log of one process; `.1` beside it is what was put aside. */
export function logFile(files: FleetFiles, name: string): string {
  return join(files.logDir, `${name}.log`);
}

/** Makes the directories, and puts the logs of an earlier fleet aside. */
export function prepareFiles(files: FleetFiles): void {
  putLogsAside(files);
  mkdirSync(files.logDir, { mode: 0o700 });
}

/** Afterwards there are no logs but the previous ones. */
export function putLogsAside(files: FleetFiles): void {
  // Logs may quote what passes through: they are for the owner only.
  mkdirSync(files.stateDir, { recursive: true, mode: 0o700 });
  rmSync(files.previousLogDir, { recursive: true, force: true });
  try {
    renameSync(files.logDir, files.previousLogDir);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
