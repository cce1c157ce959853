import type { BalancerStats } from './balancer-stats.js';
import { sum } from './quantiles.js';
import { type InstanceStats, type StageStats, statsByStage } from './stage-stats.js';

/** How many requests and errors an instance had between two readings. */
export interface InstanceWork {
  readonly instance: string;
  readonly requests: number;
  readonly errors: number;
  /** Of all requests of its stage; not a number when there were none. */
  readonly share: number;
}

/** The work between two readings of the same balancers; without those that gave no figures in one of them. */
export function workBetween(before: readonly BalancerStats[], after: readonly BalancerStats[]): InstanceWork[] {
  const toldTwice = (_: BalancerStats, index: number) => before[index]?.stats !== undefined && after[index]?.stats;
  const earlier = statsByStage(before.filter(toldTwice));
  const later = statsByStage(after.filter(toldTwice));
  return later.flatMap((stage, index) => workOfStage(earlier[index], stage));
}

function workOfStage(earlier: StageStats | undefined, later: StageStats): InstanceWork[] {
  const work = later.instances.map(({ instance, requests, errors }) => {
    const before: Partial<InstanceStats> = earlier?.instances.find((each) => each.instance === instance) ?? {};
    return { instance, requests: requests - (before.requests ?? 0), errors: errors - (before.errors ?? 0) };
  });
  const total = sum(work.map(({ requests }) => requests));
  return work.map((each) => ({ ...each, share: each.requests / total }));
}
