import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { systemReason } from '@flotilla/terminal/system-error';
import { programOf } from '@flotilla/topology';
import { CHECKOUT } from '../fleet/fleet-context.js';
import { FleetError } from '../fleet/fleet-error.js';
import { type FleetFiles, fleetFiles, logFile, prepareFiles, SUPERVISOR } from '../fleet/fleet-files.js';
import { unwritableState } from '../fleet/lock.js';
import { lastLines } from './log-tail.js';
import type { FleetPlan } from './plan.js';
import type { SupervisorGreeting } from './supervise.js';

/**
 * Starts a supervisor in the background: in a session of its own, so that neither Ctrl-C nor a closed terminal
 * reaches it. Settles when it listens on its socket and has started to start the fleet.
 *
 * @throws FleetError when nothing can be written for it, or it ends before that; the message has its last lines.
 */
export async function launchSupervisor(plan: FleetPlan): Promise<void> {
  const files = fleetFiles(plan.stateDir);
  const log = openLog(files);
  const main = join(CHECKOUT, programOf('runtime'));
  // The directory is an argument only so that a list of processes tells one supervisor from another.
  const supervisor = spawn(process.execPath, [main, 'supervise', plan.stateDir], {
    cwd: plan.root,
    detached: true,
    env: plan.env,
    stdio: ['ignore', log, log, 'ipc'],
  });
  closeSync(log);
  await new Promise<void>((resolve, reject) => {
    const ended = (why: string) => {
      const lines = lastLines(logFile(files, SUPERVISOR), 20);
      reject(new FleetError([`the supervisor ${why}`, ...lines].join('\n')));
    };
    supervisor.once('error', (error) => ended(`could not be started: ${error.message}`));
    supervisor.once('exit', (code, signal) => ended(`ended at once (${signal ?? `code ${code}`})`));
    supervisor.once('message', ({ unwritable }: SupervisorGreeting) => {
      if (unwritable === null) resolve();
      else reject(unwritableState(files, unwritable));
    });
    supervisor.send(plan);
  });
  supervisor.unref();
  supervisor.channel?.unref();
}

function openLog(files: FleetFiles): number {
  try {
    prepareFiles(files);
    return openSync(logFile(files, SUPERVISOR), 'a', 0o600);
  } catch (error) {
    const reason = systemReason(error);
    throw reason === undefined ? error : unwritableState(files, reason);
  }
}
