import { execa } from 'execa';
import { suits, takeDown } from './fleet-commands.js';
import { type FleetContext, START_HINT } from './fleet-context.js';
import { FleetError } from './fleet-error.js';
import { type FleetWish, shapeOf } from './fleet-shape.js';
import { type Interruption, signalExitCode } from './interruption.js';
import { sayUnlocked, withLock } from './lock.js';
import type { Runtime } from './runtime.js';
import { chooseRuntime, type FleetUp, fleetUp } from './runtimes.js';
import { stageUrls } from './stage-urls.js';
import type { FleetStatus } from './status.js';

/** Exit codes of shells for a command that is not there, or cannot be run. */
const NOT_FOUND = 127;
const NOT_EXECUTABLE = 126;

/**
 * Runs a command against a fleet, whose addresses it finds in SERVICE1_URL to SERVICE4_URL: the one that runs, or else
 * one that is started for it and stopped after. A fleet of another kind makes room and is put back, with the instances
 * held down that were.
 *
 * @param wish - undefined: whatever fleet runs.
 * @returns the exit code of the command.
 * @throws FleetError when a fleet cannot be started, or none runs and none is asked for.
 */
export async function withFleet(
  context: FleetContext,
  wish: FleetWish | undefined,
  command: readonly string[],
  interruption: Interruption,
): Promise<number> {
  const before = await withLock(context.files, 'with', interruption, () => fleetUp(context), sayUnlocked(context));
  if (before && (!wish || suits(context, before, wish))) {
    return runInForeground(context, command, before.status, interruption);
  }
  if (!wish) throw new FleetError(`no fleet runs; ${START_HINT}`);
  // Both modes under one runtime, unless asked for otherwise: they are often compared.
  const runtime = before && context.choice === 'auto' ? before.runtime : await chooseRuntime(context);
  try {
    const status = await withLock(context.files, 'with', interruption, () =>
      swap(context, runtime, wish, interruption),
    );
    return await runInForeground(context, command, status, interruption);
  } finally {
    const restored = () => putBack(context, wish.mode, before);
    await withLock(context.files, 'with', undefined, restored, sayUnlocked(context));
  }
}

async function swap(
  context: FleetContext,
  runtime: Runtime,
  wish: FleetWish,
  interruption: Interruption,
): Promise<FleetStatus> {
  if (await fleetUp(context)) await takeDown(context, undefined);
  return (await runtime.start(shapeOf(wish), {}, interruption)).status;
}

async function putBack(context: FleetContext, mode: FleetWish['mode'], before: FleetUp | undefined): Promise<void> {
  if (await fleetUp(context)) await takeDown(context, mode);
  if (!before || (await fleetUp(context))) return;
  const { portOffset, processes } = before.status;
  const held = processes.filter((each) => each.state === 'stopped').map((each) => each.name);
  // Not interruptible: this is the cleaning up.
  await before.runtime.start(before.status, { portOffset, held }, undefined);
  context.say(`the ${before.status.mode} fleet runs again`);
}

async function runInForeground(
  context: FleetContext,
  command: readonly string[],
  status: FleetStatus,
  interruption: Interruption,
): Promise<number> {
  interruption.throwIfReceived();
  const [file = '', ...parameters] = command;
  const running = execa(file, parameters, {
    stdio: 'inherit',
    env: stageUrls(status),
    reject: false,
    cleanup: false,
    forceKillAfterDelay: false,
  });
  // A terminal sends Ctrl-C to the command as well; every other signal, and Ctrl-C without a terminal, comes only here.
  const passOn = () => {
    const signal = interruption.received;
    if (signal && !(signal === 'SIGINT' && process.stdin.isTTY)) running.kill(signal);
  };
  interruption.signal.addEventListener('abort', passOn);
  const result = await running;
  interruption.signal.removeEventListener('abort', passOn);
  if (result.exitCode !== undefined) return result.exitCode;
  if (result.signal) return signalExitCode(result.signal);
  context.say(`${file} could not be run: ${result.originalMessage ?? result.code}`);
  return result.code === 'ENOENT' ? NOT_FOUND : NOT_EXECUTABLE;
}
