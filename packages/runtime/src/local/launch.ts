import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { programOf } from '@flotilla/topology';
import { CHECKOUT } from '../fleet-context.js';
import { FleetError } from '../fleet-error.js';
import { fleetFiles, logFile, prepareFiles, SUPERVISOR } from '../fleet-files.js';
import { lastLines } from './log-tail.js';
import type { FleetPlan } from './plan.js';

/**
 * Starts a supervisor in the background: in a session of its own, so that neither Ctrl-C nor a closed terminal
 * reaches it. Settles when it listens on its socket and has begun to start the fleet.
 *
 * @throws FleetError when it ends before that; the message has its last lines.
 */
export async function launchSupervisor(plan: FleetPlan): Promise<void> {
  const files = fleetFiles(plan.stateDir);
  prepareFiles(files);
  const log = openSync(logFile(files, SUPERVISOR), 'a', 0o600);
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
    supervisor.once('message', () => resolve());
    supervisor.send(plan);
  });
  supervisor.unref();
  supervisor.channel?.unref();
}
