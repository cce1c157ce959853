import { setTimeout as sleep } from 'node:timers/promises';
import { median } from '@flotilla/client/quantiles';
import type { Stats } from '@flotilla/contracts';
import { stages } from '@flotilla/topology';
import { request } from 'undici';
import type { DrillFleet } from './drill-fleet.js';

/** What a balancer says about its instances. */
async function statsOf(port: number): Promise<Stats> {
  const response = await request(`http://127.0.0.1:${port}/stats`);
  return (await response.body.json()) as Stats;
}

/** The median latency of a stage's instances, as its balancer measures it. @throws RangeError before any answer. */
export async function normalLatencyMs(fleet: DrillFleet, stage: number): Promise<number> {
  const { stats } = await statsOf(fleet.balancersOf(stage)[0]?.port as number);
  return median(Object.values(stats).flatMap(({ latency_ms: latency }) => latency?.p50 ?? []));
}

/** Attempts may outlive their requests: they end when an instance is found to be gone. */
const SETTLE_MS = 10_000;
const POLL_INTERVAL_MS = 100;

/** Looks at what all balancers count, once no request is under way. @returns what does not add up. */
export async function wrongStats(fleet: DrillFleet): Promise<string[]> {
  const balancers = stages.flatMap(({ number }) => fleet.balancersOf(number));
  const wrong = balancers.map(async ({ name, port }) => {
    const endMs = performance.now() + SETTLE_MS;
    for (;;) {
      const found = wrongIn(await statsOf(port));
      if (found === undefined) return [];
      if (performance.now() > endMs) return [`/stats of ${name}: ${found}`];
      await sleep(POLL_INTERVAL_MS);
    }
  });
  return (await Promise.all(wrong)).flat();
}

/** @returns what does not add up; undefined: all does. */
export function wrongIn({ stats, totals }: Stats): string | undefined {
  const instances = Object.values(stats);
  const attempts = instances.reduce((sum, { requests }) => sum + requests, 0);
  const inFlight = instances.reduce((sum, { in_flight }) => sum + in_flight, 0);
  const due = totals.client_requests + totals.retries - (totals.former_requests ?? 0);
  if (attempts !== due) return `${attempts} attempts at its instances, and ${due} in its totals`;
  return inFlight === 0 ? undefined : `${inFlight} attempts under way, of no request`;
}
