import { join } from 'node:path';
import type { Interruption } from '@flotilla/terminal/interruption';
import { programOf } from '@flotilla/topology';
import { CHECKOUT, startHint } from './fleet/fleet-context.js';
import { FleetError } from './fleet/fleet-error.js';
import { definitionFor } from './fleet/fleet-spec.js';
import { sayUnlocked, withLock } from './fleet/lock.js';
import type { Contexts } from './registry.js';
import { fleetUp } from './runtimes.js';
import { runInForeground, urlsOf } from './with-command.js';

/**
 * Has the client print what each fleet that runs says it did.
 *
 * @returns the first exit code that is not 0.
 * @throws FleetError when none runs.
 */
export async function showStats(contexts: Contexts, interruption: Interruption): Promise<number> {
  let isAnyUp = false;
  let exitCode = 0;
  for (const context of contexts) {
    const look = () => fleetUp(context);
    const found = await withLock(context.files, 'stats', interruption, look, sayUnlocked(context));
    if (!found) continue;
    isAnyUp = true;
    const { statsArguments } = definitionFor(context.fleet, {}, found.status).guide;
    if (!statsArguments) continue;
    const words = [process.execPath, join(CHECKOUT, programOf('client')), ...statsArguments];
    const code = await runInForeground(context, { words, interruption }, urlsOf(context, found.status));
    exitCode ||= code;
  }
  if (!isAnyUp) throw new FleetError(`no fleet runs; ${startHint(contexts[0].fleet)}`);
  return exitCode;
}
