import { setTimeout as sleep } from 'node:timers/promises';
import { median } from '@flotilla/client/quantiles';
import { DrillFleet } from '../drill/drill-fleet.js';
import { OthersShare } from '../drill/others-share.js';
import { untilAborted } from '../drill/until-aborted.js';
import { type KnownText, knownTexts } from '../load/known-text.js';
import { SteadyLoad } from '../load/steady-load.js';
import type { Tally } from '../load/tally.js';
import { transports } from '../load/transports.js';
import { memoryByName } from '../soak/process-figures.js';
import { AttackingProcess } from './attack.js';
import type { Flood } from './flood.js';

/** How floods are run. */
export interface FloodOptions {
  readonly floods: readonly Flood[];
  /** A second of each, and no look at latencies. */
  readonly isShort: boolean;
  readonly signal?: AbortSignal;
  readonly onResult?: (result: FloodResult) => void;
}

/** What a flood did to a fleet, and to those who used it meanwhile. */
export interface FloodResult {
  readonly name: string;
  readonly what: string;
  readonly requests: number;
  readonly failed: number;
  readonly wrong: number;
  /** Of the others' latency, before the flood and in it. */
  readonly beforeP50Ms: number;
  readonly duringP50Ms: number;
  /** The process that grew most, by how much, and the most that any held. */
  readonly grown: string;
  readonly grownBytes: number;
  readonly mostBytes: number;
  /** Part of the machine that others used meanwhile, from 0 to 1. Undefined: not known. */
  readonly othersShare: number | undefined;
  /** Figures that were to be reached, and were not. */
  readonly missed: readonly string[];
  readonly examples: readonly string[];
}

const FULL_MS = 10_000;
const SHORT_MS = 1000;
const BEFORE_MS = 2000;
const CLIENTS = 4;
const PAUSE_MS = 20;
const TEXTS = 256;
const WARM_UP_REQUESTS = 2000;
const SHORT_WARM_UP_REQUESTS = 100;
/** Requests of others that there are at least in each phase. */
const MIN_REQUESTS = 20;
const REQUEST_TIMEOUT_MS = 30_000;
const POLL_INTERVAL_MS = 100;
/** What was held is given back before the next flood comes. Memory is measured meanwhile: cancelling work takes work. */
const REST_MS = 3000;
const SHORT_REST_MS = 200;

const MAX_GROWN_BYTES = 200_000_000;
const MAX_BYTES = 400_000_000;
const MAX_MORE_MS = 100;

/** Floods a fleet of its own, in one way after the other, while others use it. */
export async function runFloods(options: FloodOptions): Promise<FloodResult[]> {
  options.signal?.throwIfAborted();
  const fleet = await DrillFleet.start({ balancers: 1, proxied: [] });
  try {
    return await untilAborted(options.signal, () => floodOneByOne(fleet, options));
  } finally {
    await fleet.end();
  }
}

async function floodOneByOne(fleet: DrillFleet, { floods, isShort, signal, onResult }: FloodOptions) {
  const texts = await knownTexts(TEXTS);
  const warmUp = openLoad(fleet, texts, 'warm-up', 0);
  await warmUp.load.more(isShort ? SHORT_WARM_UP_REQUESTS : WARM_UP_REQUESTS);
  await warmUp.end();
  const results: FloodResult[] = [];
  for (const flood of floods) {
    const result = await runFlood(fleet, flood, texts, isShort);
    onResult?.(result);
    results.push(result);
    signal?.throwIfAborted();
  }
  return results;
}

async function runFlood(
  fleet: DrillFleet,
  flood: Flood,
  texts: readonly KnownText[],
  isShort: boolean,
): Promise<FloodResult> {
  const pids = fleet.pids.join();
  const others = new OthersShare(() => fleet.pids);
  const before = await memoryByName(fleet.fleet);
  const { load, end } = openLoad(fleet, texts, flood.name, PAUSE_MS);
  await Promise.all([sleep(isShort ? 0 : BEFORE_MS), load.more(MIN_REQUESTS)]);
  const floodedMs = performance.now();
  const attacking = new AttackingProcess(flood, fleet.balancersOf(1)[0]?.port as number);
  const most = new Map(before);
  try {
    await watchMemory(fleet, most, floodedMs + (isShort ? SHORT_MS : FULL_MS));
    if (!attacking.isAttacking) throw new Error(`the attacker of ${flood.name} ended before its time`);
  } finally {
    await attacking.stop();
  }
  const othersShare = others.share;
  const tally = await end();
  await watchMemory(fleet, most, performance.now() + (isShort ? SHORT_REST_MS : REST_MS));
  const figures = { flood, tally, floodedMs, before, most, othersShare };
  return resultOf(figures, fleet.pids.join() === pids, isShort);
}

/** Notes the most that each process holds until a time has come. */
async function watchMemory(fleet: DrillFleet, most: Map<string, number>, untilMs: number): Promise<void> {
  while (performance.now() < untilMs) {
    for (const [name, bytes] of await memoryByName(fleet.fleet)) most.set(name, Math.max(bytes, most.get(name) ?? 0));
    await sleep(POLL_INTERVAL_MS);
  }
}

function openLoad(fleet: DrillFleet, texts: readonly KnownText[], name: string, pauseMs: number) {
  const urlsOf = (stage: number) => fleet.urlsOf(stage);
  const caller = transports.rest.openCaller({ urlsOf, parallel: CLIENTS, timeoutMs: REQUEST_TIMEOUT_MS });
  const load = new SteadyLoad({ caller, texts, clients: CLIENTS, pauseMs, name });
  const end = async () => {
    const tally = await load.stop();
    await caller.close();
    return tally;
  };
  return { load, end };
}

interface Figures {
  readonly flood: Flood;
  readonly tally: Tally;
  readonly floodedMs: number;
  readonly before: ReadonlyMap<string, number>;
  readonly most: ReadonlyMap<string, number>;
  readonly othersShare: number | undefined;
}

function resultOf(
  { flood, tally, floodedMs, before, most, othersShare }: Figures,
  isSameFleet: boolean,
  isShort: boolean,
): FloodResult {
  const { name, what } = flood;
  const latencies = { before: [] as number[], during: [] as number[] };
  tally.samples.forEach((startMs, latencyMs) => {
    if (startMs + latencyMs < floodedMs) latencies.before.push(latencyMs);
    else latencies.during.push(latencyMs);
  });
  const growth = [...most].map(([process, bytes]) => ({ process, bytes, grown: bytes - (before.get(process) ?? 0) }));
  growth.sort((a, b) => b.grown - a.grown);
  const { process: grown = '', grown: grownBytes = 0 } = growth[0] ?? {};
  const mostBytes = Math.max(...most.values());
  const beforeP50Ms = median(latencies.before);
  const duringP50Ms = median(latencies.during);
  const { failed, wrong, requests, examples } = tally;
  const missed = [
    ...(failed > 0 ? [`${failed} requests of others failed`] : []),
    ...(wrong > 0 ? [`${wrong} answers were wrong`] : []),
    ...(isSameFleet ? [] : ['a process was started again']),
    ...(grownBytes > MAX_GROWN_BYTES ? [`${grown} grew by ${(grownBytes / 1e6).toFixed(0)} MB`] : []),
    ...(mostBytes > MAX_BYTES ? [`a process held ${(mostBytes / 1e6).toFixed(0)} MB`] : []),
    ...(!isShort && duringP50Ms - beforeP50Ms > MAX_MORE_MS ? [`p50 was ${duringP50Ms.toFixed(0)} ms`] : []),
  ];
  return {
    name,
    what,
    requests,
    failed,
    wrong,
    beforeP50Ms,
    duringP50Ms,
    grown,
    grownBytes,
    mostBytes,
    othersShare,
    missed,
    examples,
  };
}
