import type { Stats } from '@flotilla/contracts';
import { type BalancerStats, totalsOf } from './balancer-stats.js';
import { sum } from './quantiles.js';

/** What became of one instance's requests, over all balancers of its stage. */
export interface InstanceStats {
  /** `service1a:8051`. */
  readonly instance: string;
  readonly requests: number;
  readonly errors: number;
  readonly inFlight: number;
  /** From 0 to 1; not a number before the first request has ended. */
  readonly successRate: number;
}

/** A stage, as its balancers tell it. */
export interface StageStats {
  readonly balancers: readonly BalancerStats[];
  /** Requests to all instances together. */
  readonly requests: number;
  /** Empty where no balancer tells of any. */
  readonly instances: readonly InstanceStats[];
}

/** The balancers' figures by stage, in the order of the stages. */
export function statsByStage(all: readonly BalancerStats[]): StageStats[] {
  const stages = Map.groupBy(all, ({ stage }) => stage);
  return [...stages.values()].map((balancers) => {
    const told = balancers.flatMap(({ stats }) => stats ?? []);
    const names = new Set(told.flatMap(({ instances }) => instances));
    return {
      balancers,
      requests: sum(told.map((stats) => totalsOf(stats).requests)),
      instances: [...names].map((instance) => sumOf(instance, told)),
    };
  });
}

function sumOf(instance: string, told: readonly Stats[]): InstanceStats {
  const parts = told.flatMap(({ stats }) => stats[instance] ?? []);
  const ended = (part: (typeof parts)[number]) => (part.success_rate === null ? 0 : part.requests - part.in_flight);
  return {
    instance,
    requests: sum(parts.map(({ requests }) => requests)),
    errors: sum(parts.map(({ errors }) => errors)),
    inFlight: sum(parts.map((part) => part.in_flight)),
    successRate: sum(parts.map((part) => (part.success_rate ?? 0) * ended(part))) / sum(parts.map(ended)),
  };
}
