import { FleetError } from '../fleet/fleet-error.js';
import type { FleetFiles } from '../fleet/fleet-files.js';
import { busyPorts } from '../fleet/ports.js';
import { isAlive, type RecordedProcess, signalProcess } from '../fleet/process-identity.js';
import { readState, removeState } from '../fleet/state-file.js';
import { waitFor } from '../fleet/wait-for.js';
import type { FoundFleet } from './find-fleet.js';

/** Time for the system to do what it does after the end of a process. */
const SYSTEM_MS = 5000;

/**
 * Ends whatever there is of a fleet, and waits until its processes are gone and its ports free. A supervisor that
 * answers ends its fleet itself, in order; one that hangs is killed, and its processes ended all at once.
 *
 * @throws FleetError when a process survives SIGKILL.
 */
export async function endFleet(files: FleetFiles, found: Exclude<FoundFleet, { kind: 'none' }>): Promise<void> {
  const { supervisor, stopGroups, killAfterMs, ports } = found.state;
  if (found.kind === 'running') {
    signalProcess(supervisor, 'SIGTERM');
    await waitFor(() => !isAlive(supervisor), stopGroups * (killAfterMs + SYSTEM_MS));
  }
  // As recorded now: the supervisor may have started processes since we looked.
  const remembered = readState(files)?.processes ?? found.state.processes;
  await endProcesses([supervisor], 0);
  await endProcesses(remembered, killAfterMs);
  removeState(files);
  await waitFor(async () => (await busyPorts(ports)).length === 0, SYSTEM_MS);
}

/** SIGINT to all at once, SIGKILL after the grace to those that are left. A grace of 0 kills at once. */
async function endProcesses(processes: readonly RecordedProcess[], graceMs: number): Promise<void> {
  const allGone = () => !processes.some(isAlive);
  if (graceMs > 0) {
    for (const each of processes) signalProcess(each, 'SIGINT');
    if (await waitFor(allGone, graceMs)) return;
  }
  for (const each of processes) signalProcess(each, 'SIGKILL');
  if (await waitFor(allGone, SYSTEM_MS)) return;
  const names = processes.filter(isAlive).map((each) => `${each.name} (pid ${each.pid})`);
  throw new FleetError(`these processes do not end: ${names.join(', ')}`);
}
