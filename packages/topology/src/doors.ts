import type { Stage } from './topology.js';

/** How a fleet runs: one instance of each service and no balancer, or all instances behind balancers. */
export type FleetMode = 'sequential' | 'parallel';

/** How many balancers each stage of a parallel fleet can have. */
export const BALANCER_COUNTS = [1, 2] as const;
export type BalancerCount = (typeof BALANCER_COUNTS)[number];

/** A process that callers of a stage call. */
export interface Door {
  readonly name: string;
  readonly port: number;
}

/**
 * Whom callers of a stage call: its balancers, or its only instance.
 *
 * @param balancers - Per stage of a parallel fleet; a sequential one has none.
 */
export function doorsOf(mode: FleetMode, stage: Stage, balancers: BalancerCount): readonly Door[] {
  if (mode === 'parallel') return stage.balancers.slice(0, balancers);
  return stage.instances.slice(0, 1).map(({ name }) => ({ name, port: stage.port }));
}

/** Name of the variable that tells a caller where a stage is: `SERVICE2_URL`. */
export function urlVariable(stage: Stage): string {
  return `${stage.service.toUpperCase()}_URL`;
}
