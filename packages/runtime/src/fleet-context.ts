import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type FleetMode, localFleet } from '@flotilla/topology';
import { defaultBackoff } from './backoff.js';
import { type Environment, fleetEnvironment, readSetting } from './environment.js';
import { type FleetFiles, fleetFiles } from './fleet-files.js';
import type { FleetPlan } from './plan.js';

/** What every command needs to know. */
export interface FleetContext {
  /** Absolute path of the directory that holds the services' folders. */
  readonly root: string;
  readonly files: FleetFiles;
  readonly caller: Environment;
  /** Tells the person who gave the command. */
  readonly say: (text: string) => void;
}

/** Time for a fleet, or one process of it, to become ready. */
export const READY_TIMEOUT_MS = 30_000;
/** Beyond the time that a process gives its own requests at its end: what it then still does takes far less. */
const KILL_MARGIN_MS = 5000;

const CHECKOUT = fileURLToPath(new URL('../../../', import.meta.url));

/**
 * @param root - undefined: the checkout that this package belongs to.
 * @throws FleetError when a setting of the caller is wrong.
 */
export function fleetContext(root: string | undefined, caller: Environment, say: (text: string) => void): FleetContext {
  const absoluteRoot = resolve(root ?? CHECKOUT);
  // One that the caller names is relative to where the caller is; the default is found from everywhere.
  const base = caller.FLOTILLA_STATE_DIR === undefined ? absoluteRoot : process.cwd();
  return { root: absoluteRoot, files: fleetFiles(resolve(base, readSetting('stateDir', caller))), caller, say };
}

/** Parts of a plan that differ from what the caller's environment says. */
export interface PlanChanges {
  readonly portOffset?: number;
  readonly held?: readonly string[];
}

/** What a supervisor shall run. @throws FleetError when a setting of the caller is wrong. */
export function fleetPlan(context: FleetContext, mode: FleetMode, changes: PlanChanges = {}): FleetPlan {
  const portOffset = changes.portOffset ?? readSetting('portOffset', context.caller);
  return {
    mode,
    portOffset,
    root: context.root,
    stateDir: context.files.stateDir,
    processes: localFleet(mode, { portOffset }),
    held: changes.held ?? [],
    env: fleetEnvironment(context.caller, context.files.compileCache),
    maxLogBytes: readSetting('maxLogBytes', context.caller),
    killAfterMs: killAfterMs(context.caller),
    backoff: defaultBackoff,
  };
}

/** Time between SIGTERM and SIGKILL: what the processes themselves take for requests in flight, and some more. */
export function killAfterMs(env: Environment): number {
  return readSetting('shutdownGraceMs', env) + KILL_MARGIN_MS;
}

/** How people stop a fleet of a mode. */
export function downCommand(mode: FleetMode): string {
  return mode === 'parallel' ? 'make down-parallel' : 'make down';
}

/** How people start a fleet of a mode. */
export function upCommand(mode: FleetMode): string {
  return mode === 'parallel' ? 'make up-parallel' : 'make up';
}
