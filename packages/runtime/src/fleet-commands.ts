import type { Interruption } from '@flotilla/terminal/interruption';
import type { FleetDefinition, FleetOption } from '@flotilla/topology';
import { downCommand, type FleetContext } from './fleet/fleet-context.js';
import { FleetError } from './fleet/fleet-error.js';
import { definitionFor, type FleetSpec, matches } from './fleet/fleet-spec.js';
import { sayUnlocked, unwritableState, withLock } from './fleet/lock.js';
import type { Runtime } from './fleet/runtime.js';
import type { FleetStatus } from './fleet/status.js';
import { localTime, underDocker } from './messages.js';
import { chooseRuntime, type FleetUp, fleetUp, runtimeInCharge } from './runtimes.js';

/** What `up` found or did. */
export interface UpResult {
  /** Whether it ran already. */
  readonly already: boolean;
  readonly runtime: Runtime;
  readonly status: FleetStatus;
  /** From the start of the first process until the last was ready; 0 when it ran already. */
  readonly readyAfterMs: number;
}

/**
 * Starts a fleet in the background and waits until all of it is ready. When that fails nothing of it is left.
 *
 * @throws FleetError when another fleet runs, a port is taken, or a process does not become ready.
 */
export function up(context: FleetContext, spec: FleetSpec, interruption: Interruption): Promise<UpResult> {
  let unwritable: string | undefined;
  const work = async () => {
    const found = await fleetUp(context);
    if (!found && unwritable !== undefined) throw unwritableState(context.files, unwritable);
    if (!found) return bringUp(await chooseRuntime(context), definitionFor(context.fleet, spec), interruption);
    refuseOther(context, found, spec);
    return { already: true, ...found, readyAfterMs: 0 };
  };
  // One that runs needs nothing written.
  return withLock(context.files, 'up', interruption, work, (reason) => {
    unwritable = reason;
  });
}

/**
 * Stops the fleet. Safe to repeat.
 *
 * @param mode - leaves a fleet of the other mode alone. Undefined: any fleet.
 */
export function down(context: FleetContext, mode: string | undefined): Promise<void> {
  return withLock(context.files, 'down', undefined, () => takeDown(context, mode), sayUnlocked(context));
}

/**
 * Stops the fleet and starts it again, with as many balancers unless another number is asked for.
 *
 * @throws FleetError as {@link up}.
 */
export function restart(context: FleetContext, spec: FleetSpec, interruption: Interruption): Promise<UpResult> {
  return withLock(context.files, 'restart', interruption, async () => {
    const found = await fleetUp(context);
    if (!found) return bringUp(await chooseRuntime(context), definitionFor(context.fleet, spec), interruption);
    refuseOther(context, found, { mode: spec.mode });
    await found.runtime.stop(found.status);
    return bringUp(found.runtime, definitionFor(context.fleet, spec, found.status), interruption);
  });
}

/** Makes what a fleet is started from. @throws FleetError when it cannot be made. */
export async function build(context: FleetContext, spec: FleetSpec, interruption: Interruption): Promise<void> {
  await (await chooseRuntime(context)).build(definitionFor(context.fleet, spec), interruption);
}

/** Stops one process and holds it down. @throws FleetError for a name not known, or when no fleet runs. */
export async function stopInstance(context: FleetContext, name: string): Promise<void> {
  await (await runtimeInCharge(context)).stopInstance(name);
  context.say(`${name} is stopped, and stays so until \`make start-instance NAME=${name}\``);
}

/** Starts one process and waits until it is ready. @throws FleetError when it does not become so. */
export async function startInstance(context: FleetContext, name: string, interruption: Interruption): Promise<void> {
  await (await runtimeInCharge(context)).startInstance(name, interruption);
  context.say(`${name} is ready`);
}

/** Stops one process and starts it again, as in a rolling restart. @throws FleetError as the two of them. */
export async function restartInstance(context: FleetContext, name: string, interruption: Interruption): Promise<void> {
  const runtime = await runtimeInCharge(context);
  await runtime.stopInstance(name);
  await runtime.startInstance(name, interruption);
  context.say(`${name} is restarted, and ready`);
}

/** Stops what runs. The lock must be held. */
export async function takeDown(context: FleetContext, mode: string | undefined): Promise<void> {
  const found = await fleetUp(context);
  if (!found) return context.say('no fleet runs');
  const other = found.status.mode;
  if (mode === undefined || mode === other) return found.runtime.stop(found.status);
  context.say(
    `no ${mode} fleet runs; the ${other} fleet is left alone (\`${downCommand(context.fleet, other)}\` stops it)`,
  );
}

/** Starts a fleet where none runs. The lock must be held. @throws FleetError as {@link up}. */
async function bringUp(runtime: Runtime, definition: FleetDefinition, interruption: Interruption): Promise<UpResult> {
  return { already: false, runtime, ...(await runtime.start(definition, {}, interruption)) };
}

/** Whether a fleet is of the kind that is asked for. */
export function suits(context: FleetContext, { runtime, status }: FleetUp, spec: FleetSpec): boolean {
  const isRuntime = context.choice === 'auto' || context.choice === runtime.name;
  return isRuntime && matches(context.fleet, status, spec);
}

function refuseOther(context: FleetContext, found: FleetUp, spec: FleetSpec): void {
  if (suits(context, found, spec)) return;
  const { runtime, status } = found;
  const sameMode = spec.mode === undefined || status.mode === spec.mode;
  if (sameMode && suits(context, found, { mode: spec.mode })) throw otherOptions(context, found, spec);
  const how = sameMode && runtime.name === 'local' ? ' as local processes' : underDocker(runtime.name);
  throw new FleetError(
    `the ${status.mode} fleet runs${how}, since ${localTime(status.startedAt)}, on the same ports.\n` +
      `Stop it first: ${downCommand(context.fleet, status.mode)}`,
  );
}

function otherOptions({ fleet }: FleetContext, { status }: FleetUp, { options = {} }: FleetSpec): FleetError {
  const has = (option: FleetOption) => status.options[option.name] ?? option.default;
  const differing = fleet.options.filter(
    (each) => options[each.name] !== undefined && options[each.name] !== has(each),
  );
  const asked = differing.map(({ name, variable }) => `${variable}=${options[name]}`).join(' ');
  const { restart } = fleet.define({ mode: status.mode }).guide.commands;
  return new FleetError(
    `the ${status.mode} fleet runs with ${differing.map((each) => each.describe(has(each))).join(', ')}, ` +
      `since ${localTime(status.startedAt)}.\nChange that: ${asked} ${restart}`,
  );
}
