import type { Scenario } from '../scenario.js';
import { steady } from './shape.js';

const INSTANCE = 'service2a';

/** A process that is stopped: its connections stay open, and nothing comes of them. */
export const stopScenario: Scenario = {
  ...steady,
  name: 'stop',
  fault: `SIGSTOP of ${INSTANCE}`,
  isShort: true,
  inject: async ({ fleet }) => {
    fleet.pause(INSTANCE);
    return async () => {
      fleet.resume(INSTANCE);
      return undefined;
    };
  },
};
