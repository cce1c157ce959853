import type { Interruption } from '@flotilla/terminal/interruption';
import type { FleetDefinition } from '@flotilla/topology';
import type { FleetContext } from '../fleet/fleet-context.js';
import { FleetError } from '../fleet/fleet-error.js';
import { logFile } from '../fleet/fleet-files.js';
import { requirePorts } from '../fleet/ports.js';
import type { StartChanges, StartedFleet } from '../fleet/runtime.js';
import { ControlClient } from './control-client.js';
import { endFleet } from './end-fleet.js';
import { findFleet } from './find-fleet.js';
import { fleetPlan, READY_TIMEOUT_MS } from './fleet-plan.js';
import { launchSupervisor } from './launch.js';

/**
 * Starts a fleet behind a supervisor of its own and waits until all of it is ready. When that fails nothing is left.
 *
 * @param interruption - undefined: nothing can interrupt it.
 * @throws FleetError when a port is taken, or a process does not become ready; the message has its last lines.
 */
export async function startInBackground(
  context: FleetContext,
  definition: FleetDefinition,
  changes: StartChanges,
  interruption: Interruption | undefined,
): Promise<StartedFleet> {
  const plan = fleetPlan(context, definition, changes);
  await requirePorts(definition, plan.processes);
  interruption?.throwIfReceived();
  context.say(`starting the ${definition.name} fleet: ${plan.processes.length} processes`);
  const startedMs = performance.now();
  await launchSupervisor(plan);
  try {
    const ready = becomeReady(context);
    await (interruption ? interruption.race(ready) : ready);
    const status = await new ControlClient(context.files.socket).status();
    return { status, readyAfterMs: performance.now() - startedMs };
  } catch (error) {
    context.say('stopping everything again');
    const found = await findFleet(context.files);
    if (found.kind !== 'none') await endFleet(context.files, found);
    interruption?.throwIfReceived();
    throw error;
  }
}

async function becomeReady(context: FleetContext): Promise<void> {
  const notReady = await new ControlClient(context.files.socket).awaitReady(READY_TIMEOUT_MS);
  if (!notReady) return;
  const { name, reason, lastLines } = notReady;
  const log = logFile(context.files, name);
  const shown = lastLines.length > 0 ? [`last lines of ${log}:`, ...lastLines.map((line) => `  ${line}`)] : [];
  throw new FleetError([`${name} did not become ready: ${reason}`, ...shown].join('\n'));
}
