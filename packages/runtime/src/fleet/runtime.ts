import type { Interruption } from '@flotilla/terminal/interruption';
import type { FleetDefinition } from '@flotilla/topology';
import type { LogSelection } from './log-selection.js';
import type { RuntimeName } from './runtime-name.js';
import type { FleetStatus, StatusReport } from './status.js';

/** How a start differs from what the caller's environment says. */
export interface StartChanges {
  readonly portOffset?: number;
  /** Names that are not started until a command starts them. */
  readonly held?: readonly string[];
}

export interface StartedFleet {
  readonly status: FleetStatus;
  /** From the start of the first process until the last was ready. */
  readonly readyAfterMs: number;
}

export interface LogsOptions {
  /** Lines of each log to begin with. Infinity: all. */
  readonly tailLines: number;
  readonly follow: boolean;
  /** Ends the following. */
  readonly signal: AbortSignal;
}

/**
 * All that commands know of how a fleet runs. Where a method says so, the fleet's lock must be held. Every method
 * throws FleetError, with a message for the person who gave the command, when it cannot do its work.
 */
export interface Runtime {
  readonly name: RuntimeName;
  /** What a fleet consists of here. */
  readonly units: 'processes' | 'containers';
  /** Makes what a fleet is started from. */
  build(definition: FleetDefinition, interruption: Interruption): Promise<void>;
  /** Whether there is anything of a fleet, working or not. Looks only. */
  isUp(): Promise<boolean>;
  /** The fleet that is up. What is left of one that can no longer be commanded is ended. The lock must be held. */
  running(): Promise<FleetStatus | undefined>;
  /**
   * Starts a fleet where none runs, and waits until all of it is ready. When that fails nothing of it is left. The lock
   * must be held.
   *
   * @param interruption - undefined: nothing can interrupt it.
   */
  start(
    definition: FleetDefinition,
    changes: StartChanges,
    interruption: Interruption | undefined,
  ): Promise<StartedFleet>;
  /** Stops what {@link running} found. The lock must be held. */
  stop(fleet: FleetStatus): Promise<void>;
  /** Asks for everything that `status` tells. */
  report(): Promise<StatusReport>;
  /** Stops one process and holds it down until {@link startInstance}. */
  stopInstance(name: string): Promise<void>;
  /** Starts one process and waits until it is ready. */
  startInstance(name: string, interruption: Interruption): Promise<void>;
  showLogs(selection: LogSelection, options: LogsOptions, output: NodeJS.WriteStream): Promise<void>;
  /** Removes what earlier fleets left, and what was built for them. No fleet may run; the lock must be held. */
  clean(): Promise<void>;
}
