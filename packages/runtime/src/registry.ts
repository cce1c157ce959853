import { everyProcess, type Fleet, fullestDefinitions } from '@flotilla/topology';
import { CHECKOUT, type FleetContext, fleetContext } from './fleet/fleet-context.js';
import { FleetError } from './fleet/fleet-error.js';
import type { RuntimeChoice } from './fleet/runtime-name.js';
import { runtimeInCharge } from './runtimes.js';

/** All fleets that the command line knows. The first is the one that is meant where none is named. */
export type Registry = readonly [Fleet, ...Fleet[]];

/** What people can say before any command. */
export interface GlobalOptions {
  readonly root?: string | undefined;
  readonly runtime: RuntimeChoice;
}

/** Every fleet with its files, the usual one first. */
export type Contexts = readonly [FleetContext, ...FleetContext[]];

/** @throws FleetError when a setting of the caller is wrong. */
export function contextsOf(registry: Registry, options: GlobalOptions, say: (text: string) => void): Contexts {
  const { root = CHECKOUT, runtime } = options;
  const of = (fleet: Fleet) => fleetContext(fleet, root, runtime, process.env, say);
  const [first, ...others] = registry;
  return [of(first), ...others.map(of)];
}

/** The fleets that a command is about. @param name - undefined: all. @throws FleetError for a name not known. */
export function selected(contexts: Contexts, name: string | undefined): Contexts {
  return name === undefined ? contexts : [named(contexts, name)];
}

/** The fleet that a command is about. @param name - undefined: the usual one. @throws FleetError for a name not known. */
export function named(contexts: Contexts, name: string | undefined): FleetContext {
  if (name === undefined) return contexts[0];
  const found = contexts.find(({ fleet }) => fleet.name === name);
  if (found) return found;
  throw new FleetError(`no fleet is called ${name}; there are ${contexts.map(({ fleet }) => fleet.name).join(', ')}`);
}

/**
 * The fleet that has a process. The tables tell it of their own names; of an instance that was added, the fleets that run.
 * For a name that none knows it is one that runs, or else the usual one: what it says of the name lists those it knows.
 */
export async function fleetWith(contexts: Contexts, processName: string): Promise<FleetContext> {
  const byTable = contexts.find(({ fleet }) => namesOf(fleet).includes(processName));
  if (byTable) return byTable;
  let running: FleetContext | undefined;
  for (const context of contexts) {
    const { fleet } = await (await runtimeInCharge(context)).report();
    if (fleet?.processes.some(({ name }) => name === processName)) return context;
    if (fleet) running ??= context;
  }
  return running ?? contexts[0];
}

function namesOf(fleet: Fleet): string[] {
  return fullestDefinitions(fleet)
    .flatMap(everyProcess)
    .map(({ name }) => name);
}
