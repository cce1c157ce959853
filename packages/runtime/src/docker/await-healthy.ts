import type { Interruption } from '@flotilla/terminal/interruption';
import type { ProcessRow } from '../fleet/status.js';
import { waitFor } from '../fleet/wait-for.js';

/** Time for containers to become healthy. A start of twenty at once, with their networks, keeps a small machine busy. */
const HEALTHY_TIMEOUT_MS = 120_000;
/** Each look is a command; health itself is looked at once per second. */
const POLL_INTERVAL_MS = 250;

/** Why a container did not become healthy. */
export interface Unhealthy {
  readonly name: string;
  readonly reason: string;
}

/**
 * Waits until all processes of a fleet that shall run are ready. Ends early when one of them dies.
 *
 * @param look - all processes of the fleet as they are now.
 * @param names - those that shall run.
 * @param before - restarts of each before it was started now. Those that are not named have none.
 * @returns undefined: all are ready.
 * @throws FleetError when interrupted.
 */
export async function awaitHealthy(
  look: () => Promise<ProcessRow[]>,
  names: readonly string[],
  before: ReadonlyMap<string, number>,
  interruption: Interruption | undefined,
): Promise<Unhealthy | undefined> {
  let rows: ProcessRow[] = [];
  let dead: Unhealthy | undefined;
  const settled = async () => {
    interruption?.throwIfReceived();
    rows = (await look()).filter((row) => names.includes(row.name));
    dead = deadOne(rows, before);
    return dead !== undefined || rows.every((row) => row.state === 'ready');
  };
  if (await waitFor(settled, HEALTHY_TIMEOUT_MS, POLL_INTERVAL_MS)) return dead;
  const late = rows.find((row) => row.state !== 'ready');
  return late && { name: late.name, reason: `not healthy within ${HEALTHY_TIMEOUT_MS / 1000} s (${late.health})` };
}

/** Containers that run no more, or were restarted since: the restart policy would try for ever. */
export function deadOne(rows: readonly ProcessRow[], before: ReadonlyMap<string, number>): Unhealthy | undefined {
  for (const { name, state, reason, restarts } of rows) {
    if (state === 'unready') return { name, reason: 'its health check fails' };
    if (reason) return { name, reason };
    if (restarts > (before.get(name) ?? 0)) return { name, reason: 'it ended by itself, and Docker started it again' };
    if (state === 'stopped' || state === 'failed') return { name, reason: 'it ended by itself' };
  }
  return undefined;
}
