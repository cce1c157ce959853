import type { FleetContext } from './fleet/fleet-context.js';
import { sayUnlocked, withLock } from './fleet/lock.js';
import { takeDown } from './fleet-commands.js';
import { LocalRuntime } from './local/local-runtime.js';
import { chooseRuntime } from './runtimes.js';

/**
 * Stops a fleet, and removes what was made for it: logs, and where Docker answers its containers and network, and the
 * images of this project. Never its data, and never anything else on the machine.
 *
 * @throws FleetError when Docker is asked for by name and cannot be had.
 */
export function clean(context: FleetContext): Promise<void> {
  const work = async () => {
    await takeDown(context, undefined);
    const local = new LocalRuntime(context);
    const chosen = await chooseRuntime(context);
    if (chosen.name !== local.name) await chosen.clean();
    await local.clean();
  };
  return withLock(context.files, 'clean', undefined, work, sayUnlocked(context));
}
