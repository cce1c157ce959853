import { type Command, Option } from '@flotilla/terminal/command-line';
import type { FleetOption } from '@flotilla/topology';
import type { FleetContext } from './fleet/fleet-context.js';
import { FleetError } from './fleet/fleet-error.js';
import type { FleetSpec } from './fleet/fleet-spec.js';
import type { Registry } from './registry.js';

/** What a command was given of which fleet it is about. */
export interface FleetFlags {
  readonly fleet?: string;
  readonly mode?: string;
  /** Options of fleets, by their names. */
  readonly [option: string]: unknown;
}

/** Lets a command be told which fleet it is about. */
export function withFleetFlag(command: Command, registry: Registry): Command {
  const names = registry.map(({ name }) => name).join(', ');
  return command.option('--fleet <name>', `one of ${names}`);
}

/** Lets a command be told the mode of a fleet too. */
export function withMode(command: Command, registry: Registry): Command {
  const modes = registry
    .filter((fleet) => fleet.modes.length > 1)
    .map(({ name, modes }) => `${name}: ${modes.join(', ')}`);
  return withFleetFlag(command, registry).option(
    '--mode <mode>',
    `how it runs (${modes.join('; ') || 'each in one way'})`,
  );
}

/** Lets a command be told all that fleets leave open. */
export function withSpec(command: Command, registry: Registry): Command {
  withMode(command, registry);
  for (const option of optionsOf(registry)) {
    command.addOption(
      new Option(
        `--${option.name} <number>`,
        `${option.purpose} (default: as they run, or ${option.default})`,
      ).argParser((value) => parsed(option, value)),
    );
  }
  return command;
}

/** What the flags ask for of a fleet. @throws FleetError for a mode that it does not have. */
export function specOf({ fleet }: FleetContext, flags: FleetFlags): FleetSpec {
  const { mode } = flags;
  if (mode !== undefined && !fleet.modes.includes(mode)) {
    throw new FleetError(`the fleet ${fleet.name} has no mode ${mode}; it takes ${fleet.modes.join(' or ')}`);
  }
  const options = fleet.options.map(({ name }) => [name, flags[name] as number | undefined] as const);
  return { mode, options: Object.fromEntries(options) };
}

function optionsOf(registry: Registry): FleetOption[] {
  const byName = new Map(registry.flatMap(({ options }) => options.map((option) => [option.name, option] as const)));
  return [...byName.values()];
}

/** Named as in `BALANCERS=2 make up-parallel`, which is how most people give it. */
function parsed({ variable, values }: FleetOption, text: string): number {
  const value = values.find((each) => String(each) === text);
  if (value !== undefined) return value;
  throw new FleetError(`${variable}=${text} is not known; it takes ${values.join(' or ')}`);
}
