import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { FleetMode } from '@flotilla/topology';
import type { FleetFiles } from './fleet-files.js';
import type { RecordedProcess } from './process-identity.js';

/** What is remembered of a fleet that runs in the background, for the commands that come after. */
export interface FleetState {
  readonly version: 1;
  readonly mode: FleetMode;
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

/** Writes the state whole or not at all: a reader never sees half of it. */
export function writeState(files: FleetFiles, state: FleetState): void {
  const draft = `${files.state}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, files.state);
}

/** Undefined: no fleet is remembered. What is not ours to read (another version, a broken disk) counts as nothing. */
export function readState(files: FleetFiles): FleetState | undefined {
  try {
    const state = JSON.parse(readFileSync(files.state, 'utf8')) as FleetState;
    return state.version === 1 ? state : undefined;
  } catch {
    return undefined;
  }
}

/** Forgets the fleet: its state and its socket. */
export function removeState(files: FleetFiles): void {
  rmSync(files.state, { force: true });
  rmSync(files.socket, { force: true });
}
