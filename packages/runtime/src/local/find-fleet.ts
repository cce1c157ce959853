import { dirname } from 'node:path';
import type { FleetFiles } from '../fleet/fleet-files.js';
import { isAlive, type RecordedProcess } from '../fleet/process-identity.js';
import { type FleetState, readState } from '../fleet/state-file.js';
import { ControlClient } from './control-client.js';
import type { SupervisorStatus } from './supervisor-status.js';

/**
 * What is there of a fleet. `mute`: its supervisor runs but does not answer. `orphaned`: its supervisor is dead;
 * `alive` are the processes that outlived it.
 */
export type FoundFleet =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'running';
      readonly state: FleetState;
      readonly status: SupervisorStatus;
      readonly control: ControlClient;
    }
  | { readonly kind: 'mute'; readonly state: FleetState }
  | { readonly kind: 'orphaned'; readonly state: FleetState; readonly alive: readonly RecordedProcess[] };

/** Looks for the fleet that a state directory remembers, or else for the one that answers at its socket. */
export async function findFleet(files: FleetFiles): Promise<FoundFleet> {
  const control = new ControlClient(files.socket);
  const state = readState(files) ?? (await stateOf(control, files));
  if (!state) return { kind: 'none' };
  if (isAlive(state.supervisor)) {
    const status = await control.status().catch(() => undefined);
    if (status) return { kind: 'running', state, status, control };
    // It may have ended while it was asked.
    if (isAlive(state.supervisor)) return { kind: 'mute', state };
  }
  return { kind: 'orphaned', state, alive: state.processes.filter(isAlive) };
}

/** Asked only where no other user could have put a socket. */
async function stateOf(control: ControlClient, { socket, stateDir }: FleetFiles): Promise<FleetState | undefined> {
  return dirname(socket) === stateDir ? control.state().catch(() => undefined) : undefined;
}
