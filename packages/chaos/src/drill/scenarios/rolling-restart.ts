import { stages } from '@flotilla/topology';
import type { DrillFleet } from '../drill-fleet.js';
import type { Scenario } from '../scenario.js';
import { steady } from './shape.js';

/** Every process of a fleet is restarted by SIGTERM, one of each stage at a time: instances, then balancers. */
export const rollingRestartScenario: Scenario = {
  ...steady,
  name: 'rolling-restart',
  fault: 'every instance and balancer restarted',
  balancers: 2,
  holdMs: 0,
  targets: { failed: 'none' },
  inject: async ({ fleet }) => {
    for (const names of waves(fleet)) await Promise.all(names.map((name) => fleet.fleet.restartInstance(name)));
    const restarted = waves(fleet).flat().length;
    return async () => ({ notes: [`${restarted} processes restarted, one of each stage at a time`] });
  },
};

/** The first instance of each stage, the second, and so on; then the balancers alike. */
function waves({ fleet: { processes } }: DrillFleet): string[][] {
  const byStage = stages.map(({ service }) => {
    const own = processes.filter(({ group }) => group === service);
    return [...own.filter(({ role }) => role === 'service'), ...own.filter(({ role }) => role === 'balancer')];
  });
  const longest = Math.max(...byStage.map(({ length }) => length));
  return Array.from({ length: longest }, (_, n) => byStage.flatMap((own) => own[n]?.name ?? []));
}
