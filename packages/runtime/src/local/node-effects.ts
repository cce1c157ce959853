import { spawn as spawnProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { NODE_OPTIONS, type ProcessSpec, programOf } from '@flotilla/topology';
import { fleetFiles, logFile } from '../fleet-files.js';
import type { Effects, EndSignal, Exit, Spawned } from './effects.js';
import { lastLines } from './log-tail.js';
import type { FleetPlan } from './plan.js';
import { askReadiness } from './readiness.js';

/** The real world: Node processes whose output goes to the fleet's log files. */
export function nodeEffects(plan: FleetPlan): Effects {
  const files = fleetFiles(plan.stateDir);
  return {
    spawn: (spec) => spawn(plan, spec, logFile(files, spec.name)),
    askReadiness: (spec) => askReadiness(spec.port),
    lastLines: (spec, count) => lastLines(logFile(files, spec.name), count),
    after: (delayMs, then) => {
      const timer = setTimeout(then, delayMs);
      return () => clearTimeout(timer);
    },
    now: () => performance.now(),
    random: Math.random,
  };
}

function spawn(plan: FleetPlan, spec: ProcessSpec, log: string): Spawned {
  let descriptor: number;
  try {
    descriptor = openSync(log, 'a', 0o600);
  } catch (error) {
    return notSpawned((error as Error).message);
  }
  try {
    return spawnInto(plan, spec, descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function notSpawned(spawnError: string): Spawned {
  return { pid: undefined, exited: Promise.resolve({ code: null, signal: null, spawnError }), terminate: () => {} };
}

/** The process writes to the file itself: nothing passes through the supervisor, and nothing is lost if that dies. */
function spawnInto(plan: FleetPlan, spec: ProcessSpec, log: number): Spawned {
  const main = join(plan.root, programOf(spec.folder));
  const child = spawnProcess(process.execPath, [...NODE_OPTIONS, main], {
    cwd: plan.root,
    env: { ...plan.env, ...spec.env },
    // The channel breaks when the supervisor dies, whatever it dies of; a process of the fleet then shuts down.
    stdio: ['ignore', log, log, 'ipc'],
  });
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
    child.kill(signal);
    killTimer ??= setTimeout(() => child.kill('SIGKILL'), plan.killAfterMs);
  };
  return { pid: child.pid, exited, terminate };
}
