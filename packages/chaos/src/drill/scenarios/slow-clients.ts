import { SlowClients } from '../../load/slow-clients.js';
import type { Scenario } from '../scenario.js';
import { steady } from './shape.js';

const COUNT = 500;
const ARRIVE_MS = 3000;
const INTERVAL_MS = 500;
/** Longer than FLOTILLA_HEADERS_TIMEOUT_MS, so that some are closed, and come again. */
const HOLD_MS = 11_000;
/** Fewer of them connected than this, and they were no test. */
const MIN_OPEN_SHARE = 0.8;

/** Clients that drip their headers and bodies must not be felt by others. */
export const slowClientsScenario: Scenario = {
  ...steady,
  name: 'slow-clients',
  fault: `${COUNT} clients drip headers and bodies`,
  holdMs: HOLD_MS,
  targets: { failed: 'none', maxP99Factor: 2 },
  inject: async ({ fleet }) => {
    const port = Number(new URL(fleet.urls[0] as string).port);
    const slow = new SlowClients({ port, count: COUNT, arriveMs: ARRIVE_MS, intervalMs: INTERVAL_MS });
    return async () => {
      const { open, opened } = slow;
      slow.stop();
      const missed = open < COUNT * MIN_OPEN_SHARE ? [`only ${open} slow clients were connected`] : [];
      return { missed, notes: [`${open} connected, ${opened - open} closed by the balancer`] };
    };
  },
};
