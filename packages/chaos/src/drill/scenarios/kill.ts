import { stages } from '@flotilla/topology';
import { instancesOf } from '../drill-fleet.js';
import type { Scenario } from '../scenario.js';

/** Four stages make ten thousand. */
const REQUESTS_WHILE_DOWN = 2500;
const SHORT_REQUESTS_WHILE_DOWN = 200;

/** Which of a stage's instances: others at each stage. */
const VICTIMS = ['abc', 'bcd', 'acd', 'abd'];

/** `kill -9` of three of a stage's four instances, which are held down. Any three: others at each stage. */
export const killScenarios: readonly Scenario[] = stages.map(({ number, service, outputType }, index) => {
  const victims = instancesOf(number, VICTIMS[index % VICTIMS.length] as string);
  return {
    name: `kill-${number}`,
    fault: `kill -9 of ${victims.map((name) => name.slice(service.length)).join(', ')} of ${service}`,
    balancers: 1,
    clients: 50,
    pauseMs: 0,
    holdMs: 0,
    targets: { failed: 'none' },
    isShort: outputType === 'analysis',
    inject: async ({ fleet, load, isShort }) => {
      await Promise.all(victims.map((name) => fleet.kill(name)));
      await load.more(isShort ? SHORT_REQUESTS_WHILE_DOWN : REQUESTS_WHILE_DOWN);
      return async () => {
        await Promise.all(victims.map((name) => fleet.fleet.startInstance(name)));
        return undefined;
      };
    },
  };
});
