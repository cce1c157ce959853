import type { FleetMode } from '@flotilla/topology';
import type { ProcessState } from './lifecycle.js';

/** One process, as a supervisor tells it over its socket. */
export interface ProcessStatus {
  readonly name: string;
  readonly role: 'service' | 'balancer';
  readonly stage: number;
  readonly state: ProcessState;
  /** Null: no process runs. */
  readonly pid: number | null;
  readonly port: number;
  /** ISO 8601, of the process that runs now. */
  readonly startedAt: string | null;
  readonly restarts: number;
  /** How it last ended by itself. */
  readonly reason: string | null;
}

/** A fleet, as its supervisor tells it over its socket. */
export interface FleetStatus {
  readonly mode: FleetMode;
  readonly portOffset: number;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly supervisorPid: number;
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
