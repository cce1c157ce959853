import type { FleetContext } from './fleet/fleet-context.js';
import { FleetError } from './fleet/fleet-error.js';
import { knownNames, type LogSelection } from './fleet/log-selection.js';
import type { LogsOptions, Runtime } from './fleet/runtime.js';
import { type Contexts, fleetWith } from './registry.js';
import { runtimeInCharge } from './runtimes.js';

/** Prints the logs of fleets: of those that run, or where none does, of the usual one, which outlive it. */
export async function showFleetLogs(
  contexts: Contexts,
  selection: LogSelection,
  options: LogsOptions,
  output: NodeJS.WriteStream,
): Promise<void> {
  const parts = await partsOf(contexts, selection);
  const show = ({ runtime, selection: part }: Part) => runtime.showLogs(part, options, output);
  if (options.follow) await Promise.all(parts.map(show));
  else for (const part of parts) await show(part);
}

interface Part {
  readonly runtime: Runtime;
  readonly selection: LogSelection;
}

async function partsOf(contexts: Contexts, selection: LogSelection): Promise<Part[]> {
  const chosen = selection.names.length > 0 ? await byNames(contexts, selection) : await running(contexts, selection);
  return Promise.all(
    chosen.map(async ([context, part]) => ({ runtime: await runtimeInCharge(context), selection: part })),
  );
}

type Chosen = [FleetContext, LogSelection][];

/** Each name belongs to one fleet; one that no fleet has is refused by the usual one, which lists those that it knows. */
async function byNames(contexts: Contexts, selection: LogSelection): Promise<Chosen> {
  const byFleet = new Map<FleetContext, string[]>();
  for (const name of selection.names) {
    const context = contexts.find((each) => hasLogsOf(each, name)) ?? (await fleetWith(contexts, name));
    byFleet.set(context, [...(byFleet.get(context) ?? []), name]);
  }
  return [...byFleet].map(([context, names]) => [context, { ...selection, names }]);
}

function hasLogsOf({ files, fleet }: FleetContext, name: string): boolean {
  const { processes, dependencies } = fleet.define();
  return knownNames(files, fleet).includes(name) || [...processes, ...dependencies].some(({ group }) => group === name);
}

async function running(contexts: Contexts, selection: LogSelection): Promise<Chosen> {
  const up: FleetContext[] = [];
  for (const context of contexts) if (await (await runtimeInCharge(context)).isUp()) up.push(context);
  if (up.length > 1) return fitting(up, selection);
  return [[up[0] ?? contexts[0], selection]];
}

/** Of several fleets, some may have nothing of the kind that is asked for. */
async function fitting(contexts: readonly FleetContext[], selection: LogSelection): Promise<Chosen> {
  const having = contexts.filter(({ fleet }) => {
    const { processes } = fleet.define();
    const isWanted = ({ group, role }: (typeof processes)[number]) =>
      (selection.group ?? group) === group && (!selection.balancersOnly || role === 'balancer');
    return processes.some(isWanted);
  });
  if (having.length === 0) throw new FleetError('no log of a fleet that runs fits all of that');
  return having.map((context) => [context, selection]);
}
