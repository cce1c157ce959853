import { requireFleet } from './fleet-commands.js';
import { type FleetContext, READY_TIMEOUT_MS } from './fleet-context.js';
import { FleetError } from './fleet-error.js';
import { logFile } from './fleet-files.js';

/** Ends one process and holds it down until {@link startInstance}. @throws FleetError for a name not known. */
export async function stopInstance(context: FleetContext, name: string): Promise<void> {
  const fleet = await requireFleet(context);
  await fleet.control.stopInstance(name, fleet.state.killAfterMs);
  context.say(`${name} is stopped, and stays so until \`make start-instance NAME=${name}\``);
}

/** Starts one process and waits until it is ready. @throws FleetError when it does not become so. */
export async function startInstance(context: FleetContext, name: string): Promise<void> {
  const fleet = await requireFleet(context);
  const notReady = await fleet.control.startInstance(name, READY_TIMEOUT_MS);
  if (!notReady) return context.say(`${name} is ready`);
  const lines = notReady.lastLines.map((line) => `  ${line}`);
  const log = logFile(context.files, name);
  throw new FleetError(
    [`${name} did not become ready: ${notReady.reason}`, `last lines of ${log}:`, ...lines].join('\n'),
  );
}
