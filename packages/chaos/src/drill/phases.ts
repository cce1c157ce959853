import { quantile } from '@flotilla/client/quantiles';
import type { Samples } from '../load/samples.js';

/** When latencies began to count, the fault came, the fault went, and the load ended: by the clock of the samples. */
export interface Timeline {
  readonly startedMs: number;
  readonly injectedMs: number;
  readonly healedMs: number;
  readonly endMs: number;
}

/** Latencies of one phase. */
export interface Latencies {
  readonly requests: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** What a fault did to the requests, by phase. A phase without requests has no latencies. */
export interface Phases {
  readonly before: Latencies | undefined;
  readonly during: Latencies | undefined;
  readonly after: Latencies | undefined;
  /** From the fault's coming until p99 was back for good, the fault still there. Undefined: it never was. */
  readonly recoveredMs: number | undefined;
}

/** How far p99 may be above what it was, and still be normal. */
export const NORMAL_FACTOR = 2;
const WINDOW_MS = 1000;
const STEP_MS = 100;
/** A p99 of fewer is the slowest of a handful. */
const MIN_WINDOW_REQUESTS = 20;

interface Request {
  readonly startMs: number;
  readonly latencyMs: number;
}

/**
 * Sorts requests into phases: those that ended before the fault, those that began after it, and all others, which met
 * it. Those that began before latencies count are left out.
 */
export function phasesOf(samples: Samples, timeline: Timeline): Phases {
  const before: number[] = [];
  const during: Request[] = [];
  const after: number[] = [];
  samples.forEach((startMs, latencyMs) => {
    if (startMs < timeline.startedMs) return;
    if (startMs + latencyMs < timeline.injectedMs) before.push(latencyMs);
    else if (startMs > timeline.healedMs) after.push(latencyMs);
    else during.push({ startMs: Math.max(startMs, timeline.injectedMs), latencyMs });
  });
  const normal = latencies(before);
  return {
    before: normal,
    during: latencies(during.map(({ latencyMs }) => latencyMs)),
    after: latencies(after),
    recoveredMs: normal && recovery(during, timeline, normal.p99Ms * NORMAL_FACTOR),
  };
}

function latencies(values: readonly number[]): Latencies | undefined {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  return { requests: sorted.length, p50Ms: quantile(sorted, 0.5), p99Ms: quantile(sorted, 0.99) };
}

/** The start of the first second from which on every second's p99 is normal. A second without requests is not. */
function recovery(during: readonly Request[], timeline: Timeline, limitMs: number): number | undefined {
  const sorted = during.toSorted((a, b) => a.startMs - b.startMs);
  const lastWindowMs = timeline.healedMs - WINDOW_MS;
  let recoveredAtMs = timeline.injectedMs;
  let from = 0;
  for (let startMs = timeline.injectedMs; startMs <= lastWindowMs; startMs += STEP_MS) {
    while ((sorted[from]?.startMs ?? Number.POSITIVE_INFINITY) < startMs) from++;
    const window: number[] = [];
    for (let at = from; (sorted[at]?.startMs ?? Number.POSITIVE_INFINITY) < startMs + WINDOW_MS; at++) {
      window.push((sorted[at] as Request).latencyMs);
    }
    if (!isNormal(window, limitMs)) recoveredAtMs = startMs + STEP_MS;
  }
  return recoveredAtMs > lastWindowMs ? undefined : recoveredAtMs - timeline.injectedMs;
}

function isNormal(window: readonly number[], limitMs: number): boolean {
  const measured = latencies(window);
  return measured !== undefined && measured.requests >= MIN_WINDOW_REQUESTS && measured.p99Ms <= limitMs;
}
