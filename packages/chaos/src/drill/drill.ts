import { knownTexts } from '../load/known-text.js';
import type { TransportName } from '../load/transport.js';
import { transports } from '../load/transports.js';
import { DrillFleet } from './drill-fleet.js';
import type { ScenarioResult } from './result.js';
import { runScenario, type Stand, warmUp } from './run-scenario.js';
import type { Scenario } from './scenario.js';
import { proxiedInstances } from './scenarios/network.js';
import { untilAborted } from './until-aborted.js';

/** How a drill is run. */
export interface DrillOptions {
  readonly scenarios: readonly Scenario[];
  /** Little load and no waiting: enough to see whether requests fail. */
  readonly isShort: boolean;
  /** What the load is sent by. */
  readonly transport: TransportName;
  /** Ends the drill, and the fleet with it. */
  readonly signal?: AbortSignal;
  /** Told of each result as it comes. */
  readonly onResult?: (result: ScenarioResult) => void;
}

const BALANCER_COUNTS = [1, 2];
const TEXTS = 256;
const WARM_UP_REQUESTS = 4000;
const SHORT_WARM_UP_REQUESTS = 100;

/**
 * Runs scenarios one after the other on a fleet of their own for each number of balancers, which is gone afterwards.
 *
 * @throws FleetError when the fleet does not start, or a process of it not again; the signal's reason when it ended it.
 */
export async function runDrill(options: DrillOptions): Promise<ScenarioResult[]> {
  const results: ScenarioResult[] = [];
  for (const balancers of BALANCER_COUNTS) {
    const scenarios = options.scenarios.filter((scenario) => scenario.balancers === balancers);
    if (scenarios.length > 0) results.push(...(await runOnFleet(balancers, { ...options, scenarios })));
  }
  return results;
}

async function runOnFleet(balancers: number, options: DrillOptions): Promise<ScenarioResult[]> {
  const { scenarios, isShort, transport, signal, onResult } = options;
  signal?.throwIfAborted();
  const fleet = await DrillFleet.start({ balancers, proxied: proxiedInstances });
  try {
    return await untilAborted(signal, async () => {
      const stand: Stand = { fleet, isShort, transport: transports[transport], texts: await knownTexts(TEXTS) };
      await warmUp(stand, isShort ? SHORT_WARM_UP_REQUESTS : WARM_UP_REQUESTS);
      const results: ScenarioResult[] = [];
      for (const scenario of scenarios) {
        const result = await runScenario(scenario, stand);
        onResult?.(result);
        results.push(result);
        signal?.throwIfAborted();
      }
      return results;
    });
  } finally {
    await fleet.end();
  }
}
