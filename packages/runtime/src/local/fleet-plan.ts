import { type FleetDefinition, localProcesses } from '@flotilla/topology';
import { type Environment, fleetEnvironment, readSetting } from '../fleet/environment.js';
import type { FleetContext } from '../fleet/fleet-context.js';
import { shapeOf } from '../fleet/fleet-spec.js';
import type { StartChanges } from '../fleet/runtime.js';
import { defaultBackoff } from './backoff.js';
import type { FleetPlan } from './plan.js';

/** Time for a fleet, or one process of it, to become ready: 4 s on an idle machine with two cores, 30 s and more on a busy one. */
export const READY_TIMEOUT_MS = 120_000;
/** Beyond the time that a process gives its own requests at its end: what it then still does takes far less. */
const KILL_MARGIN_MS = 5000;

/** What a supervisor shall run. @throws FleetError when a setting of the caller is wrong. */
export function fleetPlan(context: FleetContext, definition: FleetDefinition, changes: StartChanges): FleetPlan {
  const portOffset = changes.portOffset ?? readSetting('portOffset', context.caller);
  return {
    ...shapeOf(definition),
    portOffset,
    root: context.root,
    stateDir: context.files.stateDir,
    processes: localProcesses(definition, { portOffset, dataDir: context.dataDir }),
    held: changes.held ?? [],
    env: fleetEnvironment(context.caller, definition.passedOn),
    maxLogBytes: readSetting('maxLogBytes', context.caller),
    killAfterMs: killAfterMs(context.caller),
    backoff: defaultBackoff,
  };
}

/** Time between SIGTERM and SIGKILL: what a process takes to drain and to end its requests, and some more. */
export function killAfterMs(env: Environment): number {
  return readSetting('drainDelayMs', env) + readSetting('shutdownGraceMs', env) + KILL_MARGIN_MS;
}
