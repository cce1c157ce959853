import { existsSync, lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { formatMebibytes } from '@flotilla/terminal/figures';
import type { FleetContext } from './fleet/fleet-context.js';
import { FleetError } from './fleet/fleet-error.js';
import { withLock } from './fleet/lock.js';
import { fleetUp } from './runtimes.js';

/** What is asked before anything is removed. */
export type Confirm = (question: string) => Promise<boolean>;

/**
 * Removes the data of a fleet, after naming what is in them. Nothing else ever does.
 *
 * @throws FleetError when the fleet runs, or the answer is no.
 */
export async function cleanData(context: FleetContext, confirm: Confirm): Promise<void> {
  const { dataDir, fleet, say } = context;
  await withLock(context.files, 'clean-data', undefined, async () => {
    const up = await fleetUp(context);
    const down = up && fleet.define({ mode: up.status.mode }).guide.commands.down;
    if (down) throw new FleetError(`the ${up.status.mode} fleet runs on its data; stop it first: ${down}`);
    const entries = existsSync(dataDir) ? readdirSync(dataDir).sort() : [];
    if (entries.length === 0) {
      say(`the fleet ${fleet.name} has no data in ${dataDir}`);
      return;
    }
    say(`data of the fleet ${fleet.name}, in ${dataDir}:`);
    for (const name of entries) say(`  ${name}  ${formatMebibytes(sizeOf(join(dataDir, name)))}`);
    if (!(await confirm('Remove all of it for good? (yes/no) '))) throw new FleetError('nothing was removed');
    for (const name of entries) rmSync(join(dataDir, name), { recursive: true, force: true });
    rmSync(dataDir, { recursive: true, force: true });
    say('removed');
  });
}

/** Asks the person at the terminal. Without one no answer can be given. */
export async function confirmOnTerminal(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new FleetError('nothing was removed: say YES=1 where no terminal can be asked');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(question)).trim());
  } finally {
    terminal.close();
  }
}

/** Of a file, or of all that is in a folder. Links are not followed. */
function sizeOf(path: string): number {
  const stats = lstatSync(path);
  if (!stats.isDirectory()) return stats.size;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}
