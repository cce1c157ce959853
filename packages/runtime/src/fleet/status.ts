import type { PlacedReadiness, ProcessRole } from '@flotilla/topology';
import type { FleetShape } from './fleet-spec.js';
import type { RuntimeName } from './runtime-name.js';

/**
 * `restarting`: it crashed and waits for its next start. `failed`: it refused its configuration and is not started
 * again by itself. `stopped`: held down until a command starts it.
 */
export type ProcessState = 'starting' | 'ready' | 'restarting' | 'stopping' | 'stopped' | 'failed';

/** One process of a fleet. */
export interface ProcessStatus {
  readonly name: string;
  readonly role: ProcessRole;
  /** The stage or kind of work that it belongs to. */
  readonly group: string;
  /** `unready`: it was ready, and does not answer so now. A supervisor never says so; only looking from outside tells. */
  readonly state: ProcessState | 'unready';
  /** Null: no process runs. */
  readonly pid: number | null;
  readonly port: number;
  /** ISO 8601, of the process that runs now. */
  readonly startedAt: string | null;
  readonly restarts: number;
  /** How it last ended by itself. */
  readonly reason: string | null;
  /** How to ask it whether it is ready. Absent: the runtime asks otherwise. */
  readonly readiness?: PlacedReadiness;
}

/** A fleet. */
export interface FleetStatus extends FleetShape {
  readonly portOffset: number;
  /** Where its ports are reached from here. Absent: `localhost`. */
  readonly host?: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** It was told to stop, and is about it. */
  readonly stopping: boolean;
  readonly processes: readonly ProcessStatus[];
}

/** Why a fleet, or a process of it, did not become ready. */
export interface NotReady {
  readonly name: string;
  readonly reason: string;
  /** The last lines of its log, oldest first. */
  readonly lastLines: readonly string[];
}

/** A process's status, with what costs more to find out. */
export interface ProcessRow extends ProcessStatus {
  /** Null: unknown, or no process. */
  readonly memoryBytes: number | null;
  /** Docker's word for it. Absent: the runtime knows no health beside the state. */
  readonly health?: string;
}

/** Everything that `status` tells, for programs. */
export interface StatusReport {
  readonly running: boolean;
  readonly runtime: RuntimeName;
  readonly fleet: (Omit<FleetStatus, 'processes'> & { readonly processes: readonly ProcessRow[] }) | null;
  /** What memory means here, and the sum over processes and supervisor in bytes. Docker has no supervisor: 0. */
  readonly memory: { readonly measure: string; readonly totalBytes: number; readonly supervisorBytes: number };
  /** Why nothing runs, although something was started. Null: nothing is amiss. */
  readonly problem: string | null;
}
