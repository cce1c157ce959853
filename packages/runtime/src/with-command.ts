import type { FleetMode } from '@flotilla/topology';
import { execa } from 'execa';
import { suits, takeDown } from './fleet-commands.js';
import type { FleetContext } from './fleet-context.js';
import { type Interruption, signalExitCode } from './interruption.js';
import { withLock } from './lock.js';
import type { Runtime } from './runtime.js';
import { chooseRuntime, type FleetUp, fleetUp } from './runtimes.js';

/** Exit codes of shells for a command that is not there, or cannot be run. */
const NOT_FOUND = 127;
const NOT_EXECUTABLE = 126;

/**
 * Runs a command against a fleet of a mode: the one that runs, or else one that is started for it and stopped after.
 * A fleet of the other mode makes room and is put back, with the instances held down that were.
 *
 * @returns the exit code of the command.
 * @throws FleetError when a fleet cannot be started.
 */
export async function withFleet(
  context: FleetContext,
  mode: FleetMode,
  command: readonly string[],
  interruption: Interruption,
): Promise<number> {
  const before = await withLock(context.files, 'with', interruption, () => fleetUp(context));
  if (before && suits(context, before, mode)) return runInForeground(context, command, interruption);
  // Both modes under one runtime, unless asked for otherwise: they are often compared.
  const runtime = before && context.choice === 'auto' ? before.runtime : await chooseRuntime(context);
  try {
    await withLock(context.files, 'with', interruption, () => swap(context, runtime, mode, interruption));
    return await runInForeground(context, command, interruption);
  } finally {
    await withLock(context.files, 'with', undefined, () => putBack(context, mode, before));
  }
}

async function swap(
  context: FleetContext,
  runtime: Runtime,
  mode: FleetMode,
  interruption: Interruption,
): Promise<void> {
  if (await fleetUp(context)) await takeDown(context, undefined);
  await runtime.start(mode, {}, interruption);
}

async function putBack(context: FleetContext, mode: FleetMode, before: FleetUp | undefined): Promise<void> {
  if (await fleetUp(context)) await takeDown(context, mode);
  if (!before || (await fleetUp(context))) return;
  const { portOffset, processes } = before.status;
  const held = processes.filter((each) => each.state === 'stopped').map((each) => each.name);
  // Not interruptible: this is the cleaning up.
  await before.runtime.start(before.status.mode, { portOffset, held }, undefined);
  context.say(`the ${before.status.mode} fleet runs again`);
}

async function runInForeground(
  context: FleetContext,
  command: readonly string[],
  interruption: Interruption,
): Promise<number> {
  interruption.throwIfReceived();
  const [file = '', ...parameters] = command;
  const running = execa(file, parameters, {
    stdio: 'inherit',
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
