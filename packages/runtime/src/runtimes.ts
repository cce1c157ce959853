import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fullestDefinitions } from '@flotilla/topology';
import { readSetting } from './fleet/environment.js';
import type { FleetContext } from './fleet/fleet-context.js';
import { FleetError } from './fleet/fleet-error.js';
import type { Runtime } from './fleet/runtime.js';
import { readDockerState } from './fleet/state-file.js';
import type { FleetStatus } from './fleet/status.js';
import { LocalRuntime } from './local/local-runtime.js';

/** A fleet that is up, and the runtime that it is up under. */
export interface FleetUp {
  readonly runtime: Runtime;
  readonly status: FleetStatus;
}

/**
 * The runtime for a fleet that is not up yet.
 *
 * @throws FleetError when Docker is asked for by name and cannot be had; it says what is missing and what helps.
 */
export async function chooseRuntime(context: FleetContext): Promise<Runtime> {
  if (context.choice === 'local') return new LocalRuntime(context);
  const reason = reasonHere(context) ?? (await reasonInDocker(context));
  if (!reason) return dockerRuntime(context);
  if (context.choice === 'auto') return new LocalRuntime(context);
  throw new FleetError(reason);
}

/** The runtime that the fleet which is up was started under, whatever is asked for now. Local where none is up. */
export async function runtimeInCharge(context: FleetContext): Promise<Runtime> {
  if (readDockerState(context.files)) return dockerRuntime(context);
  const local = new LocalRuntime(context);
  if (context.choice === 'local' || reasonHere(context) || (await local.isUp())) return local;
  // Containers outlive what remembers them, and may have been started without these commands.
  const docker = await dockerRuntime(context);
  return (await docker.isUp()) ? docker : local;
}

/** The fleet that is up. What is left of one that can no longer be commanded is ended. The lock must be held. */
export async function fleetUp(context: FleetContext): Promise<FleetUp | undefined> {
  const runtime = await runtimeInCharge(context);
  const status = await runtime.running();
  return status && { runtime, status };
}

/** Why Docker is out of the question, whether it is there or not. */
function reasonHere({ fleet, root, caller }: FleetContext): string | undefined {
  const files = fullestDefinitions(fleet).map(({ network }) => network.composeFile);
  const file = files.find((name) => !existsSync(join(root, name)));
  if (file) return `Docker needs ${file}, which is not in ${root}; take RUNTIME=local`;
  if (readSetting('portOffset', caller) === 0) return undefined;
  return 'FLOTILLA_PORT_OFFSET moves local processes; the ports under Docker are fixed. Unset it, or take RUNTIME=local';
}

async function reasonInDocker(context: FleetContext): Promise<string | undefined> {
  const { dockerUnavailableReason } = await import('./docker/unavailable-reason.js');
  return dockerUnavailableReason(context);
}

/** Imported only where it may be needed: it would double the time that a command takes to begin. */
async function dockerRuntime(context: FleetContext): Promise<Runtime> {
  const { DockerRuntime } = await import('./docker/docker-runtime.js');
  return new DockerRuntime(context);
}
