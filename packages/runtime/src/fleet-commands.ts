import type { FleetMode } from '@flotilla/topology';
import { ControlClient } from './control-client.js';
import { endFleet } from './end-fleet.js';
import { type FoundFleet, findFleet } from './find-fleet.js';
import {
  downCommand,
  type FleetContext,
  fleetPlan,
  type PlanChanges,
  READY_TIMEOUT_MS,
  upCommand,
} from './fleet-context.js';
import { FleetError } from './fleet-error.js';
import { logFile } from './fleet-files.js';
import type { Interruption } from './interruption.js';
import { launchSupervisor } from './launch.js';
import { withLock } from './lock.js';
import { requirePorts } from './ports.js';
import type { FleetStatus } from './status.js';

export type RunningFleet = Extract<FoundFleet, { kind: 'running' }>;

/** What `up` found or did. */
export interface UpResult {
  /** Whether it ran already. */
  readonly already: boolean;
  readonly status: FleetStatus;
  /** From the start of the first process until the last was ready; 0 when it ran already. */
  readonly readyAfterMs: number;
}

/**
 * Starts a fleet in the background and waits until all of it is ready. When that fails nothing of it is left.
 *
 * @throws FleetError when the other mode runs, a port is taken, or a process does not become ready.
 */
export function up(context: FleetContext, mode: FleetMode, interruption: Interruption): Promise<UpResult> {
  return withLock(context.files, 'up', interruption, async () => {
    const running = await runningFleet(context);
    if (!running) return bringUp(context, mode, {}, interruption);
    refuseOther(running, mode);
    return { already: true, status: running.status, readyAfterMs: 0 };
  });
}

/**
 * Stops the fleet. Safe to repeat.
 *
 * @param mode - leaves a fleet of the other mode alone. Undefined: any fleet.
 */
export function down(context: FleetContext, mode: FleetMode | undefined): Promise<void> {
  return withLock(context.files, 'down', undefined, () => takeDown(context, mode));
}

/** @throws FleetError as {@link up}. */
export function restart(context: FleetContext, mode: FleetMode, interruption: Interruption): Promise<UpResult> {
  return withLock(context.files, 'restart', interruption, async () => {
    const running = await runningFleet(context);
    if (running) refuseOther(running, mode);
    if (running) await takeDown(context, mode);
    return bringUp(context, mode, {}, interruption);
  });
}

/** The fleet that runs. What a dead or hanging supervisor left behind is ended. The lock must be held. */
export async function runningFleet(context: FleetContext): Promise<RunningFleet | undefined> {
  const found = await findFleet(context.files);
  if (found.kind === 'none') return undefined;
  if (found.kind === 'running' && !found.status.stopping) return found;
  if (found.kind === 'orphaned' && found.alive.length > 0) {
    const names = found.alive.map((each) => `${each.name} (pid ${each.pid})`);
    context.say(`ending what an earlier fleet left behind: ${names.join(', ')}`);
  }
  if (found.kind === 'mute') context.say(`ending an earlier supervisor that hangs (pid ${found.state.supervisor.pid})`);
  await endFleet(context.files, found);
  return undefined;
}

/** Stops what runs. The lock must be held. */
export async function takeDown(context: FleetContext, mode: FleetMode | undefined): Promise<void> {
  const running = await runningFleet(context);
  if (!running) return context.say('no fleet runs');
  const name = `the ${running.status.mode} fleet`;
  if (mode && running.status.mode !== mode) {
    return context.say(
      `no ${mode} fleet runs; ${name} is left alone (\`${downCommand(running.status.mode)}\` stops it)`,
    );
  }
  const count = running.state.processes.length;
  context.say(`stopping ${name}: ${count} processes, callers first`);
  await endFleet(context.files, running);
  context.say('stopped; all ports are free');
}

/**
 * Starts a fleet where none runs. The lock must be held.
 *
 * @param interruption - undefined: nothing can interrupt it.
 * @throws FleetError as {@link up}.
 */
export async function bringUp(
  context: FleetContext,
  mode: FleetMode,
  changes: PlanChanges,
  interruption: Interruption | undefined,
): Promise<UpResult> {
  const plan = fleetPlan(context, mode, changes);
  await requirePorts(plan.processes);
  interruption?.throwIfReceived();
  context.say(`starting the ${mode} fleet: ${plan.processes.length} processes`);
  const startedMs = performance.now();
  await launchSupervisor(plan);
  try {
    const ready = becomeReady(context);
    await (interruption ? interruption.race(ready) : ready);
    const status = await new ControlClient(context.files.socket).status();
    return { already: false, status, readyAfterMs: performance.now() - startedMs };
  } catch (error) {
    context.say('stopping everything again');
    const found = await findFleet(context.files);
    if (found.kind !== 'none') await endFleet(context.files, found);
    interruption?.throwIfReceived();
    throw error;
  }
}

async function becomeReady(context: FleetContext): Promise<void> {
  const notReady = await new ControlClient(context.files.socket).awaitReady(READY_TIMEOUT_MS);
  if (!notReady) return;
  const { name, reason, lastLines } = notReady;
  const log = logFile(context.files, name);
  const shown = lastLines.length > 0 ? [`last lines of ${log}:`, ...lastLines.map((line) => `  ${line}`)] : [];
  throw new FleetError([`${name} did not become ready: ${reason}`, ...shown].join('\n'));
}

function refuseOther(running: RunningFleet, mode: FleetMode): void {
  const other = running.status.mode;
  if (other === mode) return;
  throw new FleetError(
    `the ${other} fleet runs, since ${localTime(running.status.startedAt)}, on the same ports.\n` +
      `Stop it first: ${downCommand(other)}`,
  );
}

/** The fleet that runs, for commands that need one. @throws FleetError when none does. */
export async function requireFleet(context: FleetContext): Promise<RunningFleet> {
  const found = await findFleet(context.files);
  if (found.kind === 'running') return found;
  const starts = `start one with \`${upCommand('sequential')}\` or \`${upCommand('parallel')}\``;
  throw new FleetError(
    found.kind === 'none' ? `no fleet runs; ${starts}` : `the fleet has lost its supervisor; ${starts}`,
  );
}

/** `2025-11-21 01:13:05` where the reader is. */
export function localTime(iso: string): string {
  return new Date(iso).toLocaleString('sv-SE');
}
