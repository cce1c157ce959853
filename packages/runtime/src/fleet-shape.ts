import type { BalancerCount, FleetMode } from '@flotilla/topology';

/** What a fleet consists of. */
export interface FleetShape {
  readonly mode: FleetMode;
  /** Per stage of a parallel fleet. A sequential one has none, whatever this says. */
  readonly balancers: BalancerCount;
}

/** What somebody asks for. Balancers that are left open: as many as run, or one. */
export interface FleetWish {
  readonly mode: FleetMode;
  readonly balancers?: BalancerCount | undefined;
}

/** @param before - the fleet that is started again. Undefined: none is. */
export function shapeOf({ mode, balancers }: FleetWish, before?: FleetShape): FleetShape {
  return { mode, balancers: balancers ?? before?.balancers ?? 1 };
}

/** Whether a fleet is what somebody asks for. */
export function isWished(shape: FleetShape, { mode, balancers }: FleetWish): boolean {
  if (shape.mode !== mode) return false;
  return mode === 'sequential' || balancers === undefined || balancers === shape.balancers;
}
