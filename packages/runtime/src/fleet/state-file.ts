import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { systemReason } from '@flotilla/terminal/system-error';
import type { FleetOptions } from '@flotilla/topology';
import type { FleetFiles } from './fleet-files.js';
import type { RecordedProcess } from './process-identity.js';

/** What is remembered of a fleet that runs in the background, for the commands that come after. */
export interface FleetState {
  readonly version: 1;
  readonly mode: string;
  readonly options: FleetOptions;
  readonly portOffset: number;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly supervisor: RecordedProcess;
  /** Those that run, or ran when their supervisor died. */
  readonly processes: readonly RecordedProcess[];
  /** All ports of the fleet. */
  readonly ports: readonly number[];
  /** How many groups of processes are stopped one after the other, and how long one may take. */
  readonly stopGroups: number;
  readonly killAfterMs: number;
}

/** What is remembered of a fleet of containers. What runs of it, the engine knows. */
export interface DockerState {
  readonly version: 1;
  readonly runtime: 'docker';
  readonly mode: string;
  /** ISO 8601. */
  readonly startedAt: string;
}

/** Writes the state whole or not at all: a reader never sees half of it. */
export function writeState(files: FleetFiles, state: FleetState | DockerState): void {
  const draft = `${files.state}.${process.pid}`;
  try {
    writeFileSync(draft, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
    renameSync(draft, files.state);
  } catch (error) {
    forget(draft);
    throw error;
  }
}

/** Undefined: no fleet of local processes is remembered. */
export function readState(files: FleetFiles): FleetState | undefined {
  const state = readAny(files);
  return state && !('runtime' in state) ? state : undefined;
}

/** Undefined: no fleet of containers is remembered. */
export function readDockerState(files: FleetFiles): DockerState | undefined {
  const state = readAny(files);
  return state && 'runtime' in state && state.runtime === 'docker' ? state : undefined;
}

/** What is not ours to read (another version, a broken disk) counts as nothing. */
function readAny(files: FleetFiles): FleetState | DockerState | undefined {
  try {
    const state = JSON.parse(readFileSync(files.state, 'utf8')) as FleetState | DockerState;
    return state.version === 1 ? state : undefined;
  } catch {
    return undefined;
  }
}

/** Forgets the fleet: its state and its socket. */
export function removeState(files: FleetFiles): void {
  forget(files.state);
  forget(files.socket);
}

/** What cannot be removed, as on a disk that is read-only by now, tells of processes that are gone, and counts for nothing. */
function forget(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch (error) {
    if (systemReason(error) === undefined) throw error;
  }
}
