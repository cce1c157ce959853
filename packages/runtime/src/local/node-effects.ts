import { type ChildProcess, spawn as spawnProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { NODE_OPTIONS, type PlacedProcess, programOf } from '@flotilla/topology';
import { fleetFiles, logFile } from '../fleet/fleet-files.js';
import type { Effects, EndSignal, Exit, Spawned } from './effects.js';
import { lastLines } from './log-tail.js';
import type { FleetPlan } from './plan.js';
import { askReadiness } from './readiness.js';

/**
 * The real world: processes whose output goes to the fleet's log files.
 *
 * @param say - is told of a log that cannot be written.
 */
export function nodeEffects(plan: FleetPlan, say: (text: string) => void): Effects {
  const files = fleetFiles(plan.stateDir);
  return {
    spawn: (spec) => spawn(plan, spec, logFile(files, spec.name), say),
    askReadiness: ({ readiness, environment }) => askReadiness(readiness, { ...plan.env, ...environment }),
    lastLines: (spec, count) => lastLines(logFile(files, spec.name), count),
    after: (delayMs, then) => {
      const timer = setTimeout(then, delayMs);
      return () => clearTimeout(timer);
    },
    now: () => performance.now(),
    random: Math.random,
  };
}

function spawn(plan: FleetPlan, spec: PlacedProcess, log: string, say: (text: string) => void): Spawned {
  const descriptor = openLog(log);
  // Without a log rather than not at all.
  if (typeof descriptor !== 'number') say(`${spec.name} starts without its log: ${descriptor.message}`);
  try {
    return spawnInto(plan, spec, typeof descriptor === 'number' ? descriptor : 'ignore');
  } catch (error) {
    return notSpawned((error as Error).message);
  } finally {
    if (typeof descriptor === 'number') closeSync(descriptor);
  }
}

function openLog(path: string): number | Error {
  try {
    return openSync(path, 'a', 0o600);
  } catch (error) {
    return error as Error;
  }
}

function notSpawned(spawnError: string): Spawned {
  return { pid: undefined, exited: Promise.resolve({ code: null, signal: null, spawnError }), terminate: () => {} };
}

/** The process writes to the file itself: nothing passes through the supervisor, and nothing is lost if that dies. */
function spawnInto(plan: FleetPlan, spec: PlacedProcess, log: number | 'ignore'): Spawned {
  const child = start(plan, spec, log);
  let killTimer: NodeJS.Timeout | undefined;
  const exited = new Promise<Exit>((resolve) => {
    child.on('error', (error) => {
      // Only when it could not be started: a failed signal says so by an error too, and changes nothing.
      if (child.pid === undefined) resolve({ code: null, signal: null, spawnError: error.message });
    });
    child.once('exit', (code, signal) => {
      clearTimeout(killTimer);
      resolve({ code, signal });
    });
  });
  const terminate = (signal: EndSignal) => {
    child.kill(spec.program.kind === 'command' ? spec.program.stopSignal : signal);
    killTimer ??= setTimeout(() => child.kill('SIGKILL'), plan.killAfterMs);
  };
  return { pid: child.pid, exited, terminate };
}

function start(plan: FleetPlan, { program, environment }: PlacedProcess, log: number | 'ignore'): ChildProcess {
  const env = { ...plan.env, ...environment };
  if (program.kind === 'command') {
    const { command, args, dataFolder } = program;
    if (dataFolder) mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
    return spawnProcess(command, args, { cwd: dataFolder ?? plan.root, env, stdio: ['ignore', log, log] });
  }
  return spawnProcess(process.execPath, [...NODE_OPTIONS, join(plan.root, programOf(program.folder))], {
    cwd: plan.root,
    env,
    // The channel breaks when the supervisor dies, whatever it dies of; a process of the fleet then shuts down.
    stdio: ['ignore', log, log, 'ipc'],
  });
}
