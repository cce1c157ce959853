import { median } from '@flotilla/client/quantiles';
import type { Stats } from '@flotilla/contracts';
import { request } from 'undici';
import type { DrillFleet } from './drill-fleet.js';

/** What a stage's balancer says about its instances. */
async function statsOf(fleet: DrillFleet, stage: number): Promise<Stats> {
  const response = await request(`http://127.0.0.1:${fleet.balancersOf(stage)[0]?.port}/stats`);
  return (await response.body.json()) as Stats;
}

/** The median latency of a stage's instances, as its balancer measures it. @throws RangeError before any answer. */
export async function normalLatencyMs(fleet: DrillFleet, stage: number): Promise<number> {
  const { stats } = await statsOf(fleet, stage);
  return median(Object.values(stats).flatMap(({ latency_ms: latency }) => latency?.p50 ?? []));
}
