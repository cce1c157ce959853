import type { Strategy } from '../strategy.js';
import { ConsistentHash } from './consistent-hash.js';
import { LeastConnections } from './least-connections.js';
import { PeakEwmaChoice } from './peak-ewma-choice.js';
import { RandomChoice } from './random-choice.js';
import { RoundRobin } from './round-robin.js';
import { WeightedRoundRobin } from './weighted-round-robin.js';

/**
 * Every strategy by the name it has in the configuration. A new one is a line here, and a word in the setting. One that
 * goes by what instances report of themselves (`lowest_cpu`) also needs that as a method of the view.
 */
const FACTORIES = {
  round_robin: () => new RoundRobin(),
  weighted_round_robin: () => new WeightedRoundRobin(),
  least_connections: () => new LeastConnections(),
  random: () => new RandomChoice(),
  p2c_ewma: () => new PeakEwmaChoice(),
  consistent_hash: () => new ConsistentHash(),
} as const satisfies Record<string, () => Strategy>;

export type StrategyName = keyof typeof FACTORIES;

/** All names, the default first. */
export const strategyNames = Object.keys(FACTORIES) as readonly StrategyName[];

/** A strategy with no past. `Group.setStrategy` takes it at run time; the group's counts stay. */
export function createStrategy(name: StrategyName): Strategy {
  return FACTORIES[name]();
}
