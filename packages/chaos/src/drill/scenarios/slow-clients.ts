import { setTimeout as sleep } from 'node:timers/promises';
import type { PlacedProcess } from '@flotilla/topology';
import { SlowClients } from '../../load/slow-clients.js';
import type { DrillContext, Scenario } from '../scenario.js';
import { steady } from './shape.js';

const COUNT = 500;
const ARRIVE_MS = 10_000;
const INTERVAL_MS = 500;
const BEFORE_MS = 10_000;
/** Longer than FLOTILLA_HEADERS_TIMEOUT_MS, so that some are closed, and come again. */
const HOLD_MS = 21_000;
/** How long all of them are there once before, and how long they are gone. */
const REHEARSAL_MS = 2000;
/** Fewer of them connected than this, and they were no test. */
const MIN_OPEN_SHARE = 0.8;

/** Clients that drip their headers and bodies must not be felt by others. */
export const slowClientsScenario: Scenario = {
  ...steady,
  name: 'slow-clients',
  clients: 4,
  beforeMs: BEFORE_MS,
  endsWithHealing: true,
  fault: `${COUNT} clients drip headers and bodies`,
  holdMs: HOLD_MS,
  targets: { failed: 'none', maxP99Factor: 2 },
  // The warm-up sends small requests, whole.
  rehearse: async (context) => {
    const slow = slowClientsOf(context);
    await sleep(ARRIVE_MS + REHEARSAL_MS);
    await slow.leave();
    await sleep(REHEARSAL_MS);
  },
  inject: async (context) => {
    const slow = slowClientsOf(context);
    return async () => {
      const { open, opened } = slow;
      await slow.leave();
      const missed = open < COUNT * MIN_OPEN_SHARE ? [`only ${open} slow clients were connected`] : [];
      return { missed, notes: [`${open} connected, ${opened - open} closed by the balancer`] };
    };
  },
};

function slowClientsOf({ fleet, transport: { slowKinds: kinds } }: DrillContext): SlowClients {
  const { port } = fleet.balancersOf(1)[0] as PlacedProcess;
  return new SlowClients({ port, kinds, count: COUNT, arriveMs: ARRIVE_MS, intervalMs: INTERVAL_MS });
}
