import { setTimeout as sleep } from 'node:timers/promises';
import { DrillFleet } from '../drill/drill-fleet.js';
import { untilAborted } from '../drill/until-aborted.js';
import { type KnownText, knownTexts } from '../load/known-text.js';
import { SteadyLoad } from '../load/steady-load.js';
import type { Tally } from '../load/tally.js';
import { transports } from '../load/transports.js';
import { growthPerRequest, type Look } from './growth.js';
import { type Counts, leaksOf, missedBy, missedByProcess, type SoakedProcess } from './judgement.js';
import { figuresOf, memoryByName, type ProcessFigures } from './process-figures.js';

/** How long and how hard. */
export interface SoakOptions {
  readonly requests: number;
  readonly clients: number;
  readonly signal?: AbortSignal;
  /** Told how far it is, about once a second. */
  readonly onProgress?: (progress: SoakProgress) => void;
}

export interface SoakProgress extends Counts {
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

const TEXTS = 1024;
const REQUEST_TIMEOUT_MS = 30_000;
const POLL_INTERVAL_MS = 1000;
/** Until each balancer has checked each instance a few times, and holds the connections that it does so by. */
const REST_SAMPLES = 5;
/** Longer than idle connections are kept by default, to the next stage as well as to callers. */
const SETTLE_MS = 90_000;
/** Part of the requests before the first look: caches fill, code is compiled. */
const WARM_UP_SHARE = 0.3;
/** Looks at what processes hold at rest, one behind each part of the other requests. */
const SAMPLES = 10;
/** Processes do a full collection when no request has come for 5 to 10 s, and it takes a moment. */
const IDLE_MS = 12_000;

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
  const texts = await knownTexts(TEXTS);
  const most = new Map<string, number>();
  const done = { requests: 0, failed: 0, wrong: 0, seconds: 0, examples: [] as string[] };
  const send = async (count: number, name: string) => {
    const tally = await sendRequests(fleet, { texts, clients, count, name }, async (soFar, seconds) => {
      const now = await memoryByName(fleet.fleet);
      for (const [process, bytes] of now) most.set(process, Math.max(bytes, most.get(process) ?? 0));
      const memoryBytes = [...now.values()].reduce((sum, bytes) => sum + bytes, 0);
      onProgress?.({ ...added(done, soFar), seconds: done.seconds + seconds, memoryBytes });
    });
    Object.assign(done, added(done, tally), { seconds: done.seconds + tally.seconds });
    done.examples.push(...tally.examples);
  };
  const looks = new Map<string, Look[]>([...before.keys()].map((name) => [name, []]));
  let after = before;
  for (const part of partsOf(requests)) {
    await send(part, `soak-${done.requests}`);
    await sleep(IDLE_MS);
    after = await figuresOf(fleet.fleet);
    for (const [name, { liveBytes }] of after) looks.get(name)?.push({ requests: done.requests, liveBytes });
  }
  after = await settled(fleet, before);
  const processes = [...before].map(([name, figures]) => ({
    name,
    before: figures,
    looks: looks.get(name) as Look[],
    bytesPerRequest: growthPerRequest(looks.get(name) as Look[]),
    mostBytes: most.get(name) ?? 0,
    after: after.get(name) as ProcessFigures,
  }));
  const missed = [...missedBy(done), ...processes.flatMap((each) => missedByProcess(each, requests))];
  return { ...done, processes, missed };
}

/** How many requests are sent before each look. */
function partsOf(requests: number): number[] {
  const warmUp = Math.round(requests * WARM_UP_SHARE);
  const part = Math.ceil((requests - warmUp) / (SAMPLES - 1));
  return [warmUp, ...Array.from({ length: SAMPLES - 1 }, () => part)];
}

/** What is sent in one go. */
interface Sending {
  readonly texts: readonly KnownText[];
  readonly clients: number;
  readonly count: number;
  /** Begins the ids of the requests. */
  readonly name: string;
}

async function sendRequests(
  fleet: DrillFleet,
  { texts, clients, count, name }: Sending,
  look: (tally: Tally, seconds: number) => Promise<void>,
) {
  const urlsOf = (stage: number) => fleet.urlsOf(stage);
  const caller = transports.rest.openCaller({ urlsOf, parallel: clients, timeoutMs: REQUEST_TIMEOUT_MS });
  const startMs = performance.now();
  const seconds = () => (performance.now() - startMs) / 1000;
  const load = new SteadyLoad({ caller, texts, clients, pauseMs: 0, name });
  while (load.tally.requests < count) {
    await sleep(POLL_INTERVAL_MS);
    await look(load.tally, seconds());
  }
  const tally = await load.stop();
  const took = seconds();
  await caller.close();
  return { ...counts(tally), examples: tally.examples, seconds: took };
}

function counts({ requests, failed, wrong }: Counts) {
  return { requests, failed, wrong };
}

function added(one: Counts, other: Counts): Counts {
  return {
    requests: one.requests + other.requests,
    failed: one.failed + other.failed,
    wrong: one.wrong + other.wrong,
  };
}

/** What each process holds while it has no requests: the most of several looks, since health checks come and go. */
async function atRest(fleet: DrillFleet): Promise<Map<string, ProcessFigures>> {
  let most = await figuresOf(fleet.fleet);
  for (let look = 1; look < REST_SAMPLES; look++) {
    await sleep(POLL_INTERVAL_MS);
    const now = await figuresOf(fleet.fleet);
    most = new Map([...now].map(([name, figures]) => [name, mostOf(figures, most.get(name) ?? figures)]));
  }
  return most;
}

function mostOf(now: ProcessFigures, before: ProcessFigures): ProcessFigures {
  return {
    memoryBytes: now.memoryBytes,
    liveBytes: now.liveBytes,
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
    await sleep(POLL_INTERVAL_MS);
  }
}
