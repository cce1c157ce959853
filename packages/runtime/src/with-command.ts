import { type Interruption, signalExitCode } from '@flotilla/terminal/interruption';
import { entryPointUrls, type FleetDefinition } from '@flotilla/topology';
import { execa } from 'execa';
import { type FleetContext, startHint } from './fleet/fleet-context.js';
import { FleetError } from './fleet/fleet-error.js';
import { definitionFor, type FleetSpec } from './fleet/fleet-spec.js';
import { sayUnlocked, withLock } from './fleet/lock.js';
import type { Runtime } from './fleet/runtime.js';
import type { FleetStatus } from './fleet/status.js';
import { suits, takeDown } from './fleet-commands.js';
import { chooseRuntime, type FleetUp, fleetUp } from './runtimes.js';

/** Exit codes of shells for a command that is not there, or cannot be run. */
const NOT_FOUND = 127;
const NOT_EXECUTABLE = 126;

/** A command that is run against fleets. */
export interface Command {
  readonly words: readonly string[];
  readonly interruption: Interruption;
}

/**
 * Runs a command against a fleet, whose addresses it finds in the variables of its entry points (SERVICE1_URL and its
 * like): the one that runs, or else one that is started for it and stopped after. A fleet of another kind makes room and
 * is put back, with the instances held down that were.
 *
 * @returns the exit code of the command.
 * @throws FleetError when a fleet cannot be started.
 */
export async function withFleet(context: FleetContext, spec: FleetSpec, command: Command): Promise<number> {
  const { interruption } = command;
  const before = await withLock(context.files, 'with', interruption, () => fleetUp(context), sayUnlocked(context));
  if (before && suits(context, before, spec)) return runInForeground(context, command, urlsOf(context, before.status));
  // Both modes under one runtime, unless asked for otherwise: they are often compared.
  const runtime = before && context.choice === 'auto' ? before.runtime : await chooseRuntime(context);
  const definition = definitionFor(context.fleet, spec);
  try {
    const status = await withLock(context.files, 'with', interruption, () =>
      swap(context, runtime, definition, interruption),
    );
    return await runInForeground(context, command, urlsOf(context, status));
  } finally {
    const restored = () => putBack(context, definition.name, before);
    await withLock(context.files, 'with', undefined, restored, sayUnlocked(context));
  }
}

/**
 * Runs a command against whatever fleets run.
 *
 * @returns the exit code of the command.
 * @throws FleetError when none runs.
 */
export async function withRunningFleets(
  contexts: readonly [FleetContext, ...FleetContext[]],
  command: Command,
): Promise<number> {
  const [first] = contexts;
  const urls: Record<string, string>[] = [];
  for (const context of contexts) {
    const look = () => fleetUp(context);
    const found = await withLock(context.files, 'with', command.interruption, look, sayUnlocked(context));
    if (found) urls.push(urlsOf(context, found.status));
  }
  if (urls.length === 0) throw new FleetError(`no fleet runs; ${startHint(first.fleet)}`);
  return runInForeground(first, command, Object.assign({}, ...urls));
}

/** Where the entry points of a fleet are, as variables for commands that call it. */
export function urlsOf({ fleet }: FleetContext, status: FleetStatus): Record<string, string> {
  const { portOffset, host } = status;
  return entryPointUrls(definitionFor(fleet, {}, status), { portOffset, host });
}

async function swap(
  context: FleetContext,
  runtime: Runtime,
  definition: FleetDefinition,
  interruption: Interruption,
): Promise<FleetStatus> {
  if (await fleetUp(context)) await takeDown(context, undefined);
  return (await runtime.start(definition, {}, interruption)).status;
}

async function putBack(context: FleetContext, mode: string, before: FleetUp | undefined): Promise<void> {
  if (await fleetUp(context)) await takeDown(context, mode);
  if (!before || (await fleetUp(context))) return;
  const { portOffset, processes } = before.status;
  const held = processes.filter((each) => each.state === 'stopped').map((each) => each.name);
  const definition = definitionFor(context.fleet, {}, before.status);
  // Not interruptible: this is the cleaning up.
  await before.runtime.start(definition, { portOffset, held }, undefined);
  context.say(`the ${before.status.mode} fleet runs again`);
}

/** @returns the exit code of the command. */
export async function runInForeground(
  { say }: Pick<FleetContext, 'say'>,
  { words, interruption }: Command,
  env: Readonly<Record<string, string>>,
): Promise<number> {
  interruption.throwIfReceived();
  const [file = '', ...parameters] = words;
  const running = execa(file, parameters, {
    stdio: 'inherit',
    env,
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
  say(`${file} could not be run: ${result.originalMessage ?? result.code}`);
  return result.code === 'ENOENT' ? NOT_FOUND : NOT_EXECUTABLE;
}
