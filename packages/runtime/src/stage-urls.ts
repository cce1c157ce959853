import { doorsOf, stages, urlVariable } from '@flotilla/topology';
import type { FleetStatus } from './status.js';

const LOOPBACK = '127.0.0.1';

/** Where the stages of a fleet are, as variables for who calls them: `SERVICE1_URL` and its like, each a list. */
export function stageUrls({ mode, balancers, portOffset, host = LOOPBACK }: FleetStatus): Record<string, string> {
  const entries = stages.map((stage) => {
    const urls = doorsOf(mode, stage, balancers).map(({ port }) => `http://${host}:${port + portOffset}`);
    return [urlVariable(stage), urls.join(',')] as const;
  });
  return Object.fromEntries(entries);
}
