import { setTimeout as sleep } from 'node:timers/promises';
import type { Caller } from '../load/caller.js';
import type { KnownText } from '../load/known-text.js';
import { SteadyLoad } from '../load/steady-load.js';
import type { Transport } from '../load/transport.js';
import type { DrillFleet } from './drill-fleet.js';
import { OthersShare } from './others-share.js';
import { resultOf, type ScenarioResult } from './result.js';
import type { Scenario } from './scenario.js';
import { wrongStats } from './stats.js';

/** How long the phases last in which nothing is wrong, and how many requests they have at least. */
interface Pace {
  readonly beforeMs: number;
  readonly afterMs: number;
  readonly requests: number;
}

const fullPace: Pace = { beforeMs: 2500, afterMs: 1000, requests: 200 };
const shortPace: Pace = { beforeMs: 500, afterMs: 500, requests: 50 };

/** A request that takes longer has failed: half as long again as it takes until a hung instance is abandoned. */
const REQUEST_TIMEOUT_MS = 30_000;
const WARM_UP_CLIENTS = 16;

/** What a scenario is run on. */
export interface Stand {
  readonly fleet: DrillFleet;
  readonly texts: readonly KnownText[];
  readonly isShort: boolean;
  readonly transport: Transport;
}

/** Runs a scenario: load, the fault, and its end. @throws FleetError when a process cannot be started again. */
export async function runScenario(scenario: Scenario, stand: Stand): Promise<ScenarioResult> {
  const { fleet, texts, isShort, transport } = stand;
  await scenario.prepare?.();
  await fleet.fleet.awaitReady();
  const { name, clients, pauseMs } = scenario;
  const others = new OthersShare(() => fleet.pids);
  const caller = openCaller(stand, clients);
  const load = new SteadyLoad({ caller, texts, clients, pauseMs, name });
  const pace = isShort ? shortPace : { ...fullPace, beforeMs: scenario.beforeMs ?? fullPace.beforeMs };
  // A short look at latencies says nothing.
  const judged = isShort ? { ...scenario, targets: { failed: scenario.targets.failed } } : scenario;
  const context = { fleet, load, transport, isShort };
  try {
    await scenario.rehearse?.(context);
    const startedMs = performance.now();
    await Promise.all([sleep(pace.beforeMs), load.more(pace.requests)]);
    const injectedMs = performance.now();
    const heal = await scenario.inject(context);
    await Promise.all([sleep(isShort ? 0 : scenario.holdMs), load.more(pace.requests)]);
    const healingMs = performance.now();
    const observation = await heal();
    const healedMs = scenario.endsWithHealing ? performance.now() : healingMs;
    await Promise.all([sleep(pace.afterMs), load.more(pace.requests)]);
    const endMs = performance.now();
    const timeline = { startedMs, injectedMs, healedMs, endMs };
    const othersShare = others.share;
    const seen = { load: await load.stop(), timeline, othersShare, observation };
    return resultOf(judged, { ...seen, wrongStats: await wrongStats(fleet) });
  } finally {
    // After an error, what is under way ends with its connection.
    const stopped = load.stop();
    await caller.close();
    await stopped;
  }
}

/** Sends requests until the processes have compiled what they run often: the first seconds would say nothing. */
export async function warmUp(stand: Stand, requests: number): Promise<void> {
  const clients = WARM_UP_CLIENTS;
  const caller = openCaller(stand, clients);
  const load = new SteadyLoad({ caller, texts: stand.texts, clients, pauseMs: 0, name: 'warm-up' });
  await load.more(requests);
  await load.stop();
  await caller.close();
}

function openCaller({ fleet, transport }: Stand, parallel: number): Caller {
  return transport.openCaller({ urlsOf: (stage) => fleet.urlsOf(stage), parallel, timeoutMs: REQUEST_TIMEOUT_MS });
}
