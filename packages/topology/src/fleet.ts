import type { FleetDefinition } from './model.js';

/** A fleet that can be asked for by its name: FLEET=… . */
export interface Fleet {
  /** `pipeline`. */
  readonly name: string;
  /** Ways in which it runs, the usual one first. They share ports, so that one of them runs at a time. */
  readonly modes: readonly [string, ...string[]];
  /** What else of it is left open. */
  readonly options: readonly FleetOption[];
  /** Where its state lies below FLOTILLA_STATE_DIR. Default: its name. */
  readonly stateFolder?: string;
  /** The commands that start it, for people. Default: `make up-NAME`. */
  readonly startHint?: string;
  define(choice?: FleetChoice): FleetDefinition;
  /** Which of its options a fleet has whose processes are these: containers tell nothing else. */
  optionsAmong?(mode: string, processNames: ReadonlySet<string>): Readonly<Record<string, number>>;
}

/** A number that a fleet leaves open. */
export interface FleetOption {
  /** `balancers`: a flag of the runtime's command line. */
  readonly name: string;
  /** `BALANCERS`: how people give it to `make`. */
  readonly variable: string;
  readonly values: readonly number[];
  readonly default: number;
  readonly purpose: string;
  /** `1 balancer per stage`. */
  describe(value: number): string;
}

/** What is asked for. What is left open has its default. */
export interface FleetChoice {
  readonly mode?: string | undefined;
  readonly options?: Readonly<Record<string, number | undefined>> | undefined;
}

/** A fleet's options where some are left open. */
export function withDefaults(fleet: Pick<Fleet, 'options'>, chosen: FleetChoice['options'] = {}) {
  return Object.fromEntries(fleet.options.map(({ name, default: fallback }) => [name, chosen[name] ?? fallback]));
}

/** Every definition that a fleet can have: of its modes, with the most of each option. */
export function fullestDefinitions(fleet: Fleet): FleetDefinition[] {
  const options = Object.fromEntries(fleet.options.map(({ name, values }) => [name, Math.max(...values)]));
  return fleet.modes.map((mode) => fleet.define({ mode, options }));
}
