import type { FleetMode } from '@flotilla/topology';
import { downCommand, type FleetContext } from './fleet-context.js';
import { FleetError } from './fleet-error.js';
import { type FleetShape, type FleetWish, isWished, shapeOf } from './fleet-shape.js';
import { localTime, underDocker } from './fleet-words.js';
import type { Interruption } from './interruption.js';
import { sayUnlocked, withLock } from './lock.js';
import type { Runtime } from './runtime.js';
import { chooseRuntime, type FleetUp, fleetUp, runtimeInCharge } from './runtimes.js';
import type { FleetStatus } from './status.js';

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
export function up(context: FleetContext, wish: FleetWish, interruption: Interruption): Promise<UpResult> {
  return withLock(context.files, 'up', interruption, async () => {
    const found = await fleetUp(context);
    if (!found) return bringUp(await chooseRuntime(context), shapeOf(wish), interruption);
    refuseOther(context, found, wish);
    return { already: true, ...found, readyAfterMs: 0 };
  });
}

/**
 * Stops the fleet. Safe to repeat.
 *
 * @param mode - leaves a fleet of the other mode alone. Undefined: any fleet.
 */
export function down(context: FleetContext, mode: FleetMode | undefined): Promise<void> {
  return withLock(context.files, 'down', undefined, () => takeDown(context, mode), sayUnlocked(context));
}

/**
 * Stops the fleet and starts it again, with as many balancers unless another number is asked for.
 *
 * @throws FleetError as {@link up}.
 */
export function restart(context: FleetContext, wish: FleetWish, interruption: Interruption): Promise<UpResult> {
  return withLock(context.files, 'restart', interruption, async () => {
    const found = await fleetUp(context);
    if (!found) return bringUp(await chooseRuntime(context), shapeOf(wish), interruption);
    refuseOther(context, found, { mode: wish.mode });
    await found.runtime.stop(found.status);
    return bringUp(found.runtime, shapeOf(wish, found.status), interruption);
  });
}

/** Makes what fleets of a mode are started from. @throws FleetError when it cannot be made. */
export async function build(context: FleetContext, mode: FleetMode, interruption: Interruption): Promise<void> {
  await (await chooseRuntime(context)).build(mode, interruption);
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
export async function takeDown(context: FleetContext, mode: FleetMode | undefined): Promise<void> {
  const found = await fleetUp(context);
  if (!found) return context.say('no fleet runs');
  const other = found.status.mode;
  if (mode === undefined || mode === other) return found.runtime.stop(found.status);
  context.say(`no ${mode} fleet runs; the ${other} fleet is left alone (\`${downCommand(other)}\` stops it)`);
}

/** Starts a fleet where none runs. The lock must be held. @throws FleetError as {@link up}. */
async function bringUp(runtime: Runtime, shape: FleetShape, interruption: Interruption): Promise<UpResult> {
  return { already: false, runtime, ...(await runtime.start(shape, {}, interruption)) };
}

/** Whether a fleet is of the kind that is asked for. */
export function suits(context: FleetContext, { runtime, status }: FleetUp, wish: FleetWish): boolean {
  return isWished(status, wish) && (context.choice === 'auto' || context.choice === runtime.name);
}

function refuseOther(context: FleetContext, found: FleetUp, wish: FleetWish): void {
  if (suits(context, found, wish)) return;
  const { runtime, status } = found;
  const sameMode = status.mode === wish.mode;
  if (sameMode && suits(context, found, { mode: wish.mode })) throw otherBalancers(found, wish);
  const how = sameMode && runtime.name === 'local' ? ' as local processes' : underDocker(runtime.name);
  throw new FleetError(
    `the ${status.mode} fleet runs${how}, since ${localTime(status.startedAt)}, on the same ports.\n` +
      `Stop it first: ${downCommand(status.mode)}`,
  );
}

function otherBalancers({ status }: FleetUp, { balancers }: FleetWish): FleetError {
  const has = status.balancers === 1 ? '1 balancer' : `${status.balancers} balancers`;
  return new FleetError(
    `the ${status.mode} fleet runs with ${has} per stage, since ${localTime(status.startedAt)}.\n` +
      `Change that: BALANCERS=${balancers} make restart-parallel`,
  );
}
