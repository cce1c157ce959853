import type { Scenario } from '../scenario.js';

/** What most scenarios have in common: clients that leave the machine some room, so that latencies mean something. */
export const steady = {
  balancers: 1,
  clients: 8,
  pauseMs: 20,
  holdMs: 6100,
  targets: { failed: 'none', recoveredWithinMs: 5000 },
  isShort: false,
} as const satisfies Partial<Scenario>;
