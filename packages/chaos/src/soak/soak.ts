import { setTimeout as sleep } from 'node:timers/promises';
import { formatBytes, formatCount } from '@flotilla/client/tables';
import { DrillFleet } from '../drill/drill-fleet.js';
import { untilAborted } from '../drill/until-aborted.js';
import { Caller } from '../load/caller.js';
import { knownTexts } from '../load/known-text.js';
import { SteadyLoad } from '../load/steady-load.js';
import type { Tally } from '../load/tally.js';
import { type MemoryCourse, MemoryLog } from './memory-log.js';
import { figuresOf, memoryByName, type ProcessFigures } from './process-figures.js';

/** How long and how hard. */
export interface SoakOptions {
  readonly requests: number;
  readonly clients: number;
  readonly signal?: AbortSignal;
  /** Told how far it is, about once a second. */
  readonly onProgress?: (progress: SoakProgress) => void;
}

export interface SoakProgress {
  readonly requests: number;
  readonly failed: number;
  readonly wrong: number;
  readonly seconds: number;
  readonly memoryBytes: number;
}

/** What came of a soak. */
export interface SoakResult extends Omit<SoakProgress, 'memoryBytes'> {
  readonly processes: readonly SoakedProcess[];
  /** Figures that were to be reached, and were not. */
  readonly missed: readonly string[];
  readonly examples: readonly string[];
}

interface SoakedProcess extends MemoryCourse {
  readonly before: ProcessFigures;
  /** When the load was over, and idle connections had had their time. */
  readonly after: ProcessFigures;
}

const TEXTS = 1024;
const REQUEST_TIMEOUT_MS = 30_000;
const LOOK_INTERVAL_MS = 1000;
/** Until each balancer has checked each instance a few times, and holds the connections that it does so by. */
const REST_LOOKS = 5;
/** Longer than idle connections are kept by default, to the next stage as well as to callers. */
const SETTLE_MS = 90_000;
/** What a process may take more at the end than when it was warm: less than a tenth of what it takes. */
const MAX_GROWTH_BYTES = 10_000_000;
/** With fewer requests some processes are not warm yet; their memory is shown, and not judged. */
const MIN_JUDGED_REQUESTS = 200_000;
/** Whoever looks is a connection, and so is who scrapes at the same time. */
const MAX_MORE_SOCKETS = 2;
const MAX_MORE_TIMERS = 2;

/**
 * Sends requests without a pause, and looks whether anything grows that should not.
 *
 * @throws FleetError when the fleet does not start; the signal's reason when it ended the soak.
 */
export async function runSoak(options: SoakOptions): Promise<SoakResult> {
  const fleet = await DrillFleet.start({ balancers: 1, proxied: [] });
  try {
    return await untilAborted(options.signal, () => soak(fleet, options));
  } finally {
    await fleet.end();
  }
}

async function soak(fleet: DrillFleet, { requests, clients, onProgress }: SoakOptions): Promise<SoakResult> {
  const before = await atRest(fleet);
  const caller = new Caller({
    urls: fleet.urls,
    path: '/process',
    connections: clients,
    timeoutMs: REQUEST_TIMEOUT_MS,
  });
  const startMs = performance.now();
  const load = new SteadyLoad({ caller, texts: await knownTexts(TEXTS), clients, pauseMs: 0, name: 'soak' });
  const memory = new MemoryLog();
  const seconds = () => (performance.now() - startMs) / 1000;
  while (load.tally.requests < requests) {
    await sleep(LOOK_INTERVAL_MS);
    const now = await memoryByName(fleet.fleet);
    memory.add(load.tally.requests / requests, now);
    const memoryBytes = [...now.values()].reduce((sum, bytes) => sum + bytes, 0);
    onProgress?.({ ...counts(load.tally), seconds: seconds(), memoryBytes });
  }
  const tally = await load.stop();
  const took = seconds();
  await caller.close();
  const after = await settled(fleet, before);
  const processes = memory.courses.map((course) => ({
    ...course,
    before: before.get(course.name) as ProcessFigures,
    after: after.get(course.name) as ProcessFigures,
  }));
  const missed = [...missedBy(tally), ...processes.flatMap((each) => missedByProcess(each, requests))];
  return { ...counts(tally), seconds: took, processes, missed, examples: tally.examples };
}

function counts({ requests, failed, wrong }: Tally) {
  return { requests, failed, wrong };
}

/** What each process holds while nobody asks it for anything: the most of several looks, since health checks come and go. */
async function atRest(fleet: DrillFleet): Promise<Map<string, ProcessFigures>> {
  let most = await figuresOf(fleet.fleet);
  for (let look = 1; look < REST_LOOKS; look++) {
    await sleep(LOOK_INTERVAL_MS);
    const now = await figuresOf(fleet.fleet);
    most = new Map([...now].map(([name, figures]) => [name, mostOf(figures, most.get(name) ?? figures)]));
  }
  return most;
}

function mostOf(now: ProcessFigures, before: ProcessFigures): ProcessFigures {
  return {
    memoryBytes: now.memoryBytes,
    sockets: Math.max(now.sockets, before.sockets),
    timers: Math.max(now.timers, before.timers),
  };
}

/** Looks until nothing is held any more that was not held before the load, or the time for that is over. */
async function settled(fleet: DrillFleet, before: ReadonlyMap<string, ProcessFigures>) {
  const endMs = performance.now() + SETTLE_MS;
  for (;;) {
    const after = await figuresOf(fleet.fleet);
    const isSettled = [...after].every(([name, now]) => leaksOf(before.get(name) as ProcessFigures, now).length === 0);
    if (isSettled || performance.now() > endMs) return after;
    await sleep(LOOK_INTERVAL_MS);
  }
}

function leaksOf(before: ProcessFigures, after: ProcessFigures): string[] {
  const sockets = after.sockets - before.sockets;
  const timers = after.timers - before.timers;
  return [
    ...(sockets > MAX_MORE_SOCKETS ? [`${formatCount(sockets)} sockets more than before`] : []),
    ...(timers > MAX_MORE_TIMERS ? [`${formatCount(timers)} timers more than before`] : []),
  ];
}

function missedBy({ failed, wrong }: Tally): string[] {
  return [
    ...(failed > 0 ? [`${formatCount(failed)} requests failed`] : []),
    ...(wrong > 0 ? [`${formatCount(wrong)} answers were wrong`] : []),
  ];
}

function missedByProcess({ name, before, after, growthBytes }: SoakedProcess, requests: number): string[] {
  const hasGrown = requests >= MIN_JUDGED_REQUESTS && growthBytes > MAX_GROWTH_BYTES;
  return [
    ...leaksOf(before, after).map((leak) => `${name}: ${leak}`),
    ...(hasGrown ? [`${name}: its memory grew by ${formatBytes(growthBytes)}`] : []),
  ];
}
