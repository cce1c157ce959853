import type { Fleet, FleetDefinition, FleetOptions } from '@flotilla/topology';

/** What a fleet is: which one, in which mode, and what was chosen of what it leaves open. */
export interface FleetShape {
  readonly fleet: string;
  readonly mode: string;
  readonly options: FleetOptions;
}

/** What is asked for of a fleet. Options that are left open: as they run, or their defaults. */
export interface FleetSpec {
  readonly mode?: string | undefined;
  readonly options?: Readonly<Record<string, number | undefined>> | undefined;
}

/** The definition of what is asked for. @param before - the fleet that is started again. Undefined: none is. */
export function definitionFor(fleet: Fleet, { mode, options = {} }: FleetSpec, before?: FleetShape): FleetDefinition {
  const kept = before?.options ?? {};
  const asked = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  return fleet.define({ mode: mode ?? before?.mode, options: { ...kept, ...asked } });
}

/** The shape of a definition. */
export function shapeOf({ fleet, name, options }: FleetDefinition): FleetShape {
  return { fleet, mode: name, options };
}

/** Whether a fleet is what is asked for. An option that makes no difference to its mode does not count. */
export function matches(fleet: Fleet, shape: FleetShape, spec: FleetSpec): boolean {
  const asked = definitionFor(fleet, spec, shape);
  const running = definitionFor(fleet, {}, shape);
  return asked.name === running.name && JSON.stringify(asked.options) === JSON.stringify(running.options);
}
