import { formatDuration } from '@flotilla/terminal/figures';
import type { Fleet } from '@flotilla/topology';
import { downCommand } from './fleet/fleet-context.js';
import { definitionFor } from './fleet/fleet-spec.js';
import type { UpResult } from './fleet-commands.js';
import { localTime, underDocker } from './messages.js';
import { addressTable } from './table.js';

/** What `up` prints at its end. */
export function describeUp(fleet: Fleet, { already, runtime, status, readyAfterMs }: UpResult): string {
  const addresses = addressTable(definitionFor(fleet, {}, status), status);
  if (already) {
    const since = `since ${localTime(status.startedAt)}`;
    const unready = status.processes.filter((each) => each.state !== 'ready');
    const but = unready.map((each) => `\n${each.name} is ${each.state}`).join('');
    const stop = `\`${downCommand(fleet, status.mode)}\` stops it`;
    return `the ${status.mode} fleet runs already${underDocker(runtime.name)}, ${since} (${stop})${but}\n\n${addresses}`;
  }
  const time = readyAfterMs < 60_000 ? `${(readyAfterMs / 1000).toFixed(1)} s` : formatDuration(readyAfterMs);
  return `all ${status.processes.length} ${runtime.units} are ready after ${time}\n\n${addresses}`;
}
