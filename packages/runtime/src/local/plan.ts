import type { PlacedProcess } from '@flotilla/topology';
import type { FleetShape } from '../fleet/fleet-spec.js';
import type { BackoffPolicy } from './backoff.js';

/** Everything that a supervisor needs to run a fleet. Plain JSON: it is handed to a supervisor in the background. */
export interface FleetPlan extends FleetShape {
  readonly portOffset: number;
  /** Absolute path of the directory that holds the services' folders. */
  readonly root: string;
  /** Absolute path. */
  readonly stateDir: string;
  readonly processes: readonly PlacedProcess[];
  /** Names that are not started until a command starts them. */
  readonly held: readonly string[];
  /** Environment of every process; each one's own variables come on top. */
  readonly env: Readonly<Record<string, string>>;
  readonly maxLogBytes: number;
  /** Time between SIGTERM and SIGKILL. */
  readonly killAfterMs: number;
  readonly backoff: BackoffPolicy;
}
