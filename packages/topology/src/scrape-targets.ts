import type { FleetDefinition } from './model.js';
import type { Placement } from './placement.js';

/** A target that Prometheus scrapes, as in the files of its `file_sd_configs`. */
interface ScrapeTarget {
  readonly targets: readonly [string];
  readonly labels: { readonly fleet: string; readonly group: string; readonly role: string; readonly process: string };
}

/** The programs of ours, all of which answer on `/metrics`. */
export function scrapeTargets(definition: FleetDefinition, placement: Placement): ScrapeTarget[] {
  return definition.processes.map(({ name, group, role, ports }) => ({
    targets: [`${placement.hostOf(name)}:${placement.portOf(ports[0].number)}`],
    labels: { fleet: definition.fleet, group, role, process: name },
  }));
}
