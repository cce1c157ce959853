import { existsSync, readdirSync } from 'node:fs';
import { everyProcess, type Fleet, fullestDefinitions, type ProcessRole, type ProcessSpec } from '@flotilla/topology';
import { FleetError } from './fleet-error.js';
import { type FleetFiles, SUPERVISOR } from './fleet-files.js';

/** Which logs are wanted; all that is undefined or empty leaves nothing out. */
export interface LogSelection {
  /** Processes (`service1a`), groups (`service1`: all but its balancers), or `supervisor`. */
  readonly names: readonly string[];
  readonly group: string | undefined;
  readonly balancersOnly: boolean;
}

const SUFFIX = '.log';

/**
 * Names of the processes whose logs are selected. The supervisor's own log is only shown when it is named.
 *
 * @throws FleetError for a name that is not known, or when nothing is left; it lists the known names.
 */
export function selectLogs(files: FleetFiles, selection: LogSelection, fleet: Fleet): string[] {
  return selectNames(knownNames(files, fleet), selection, fleet);
}

/** As {@link selectLogs}, from names that are known otherwise. */
export function selectNames(known: readonly string[], selection: LogSelection, fleet: Fleet): string[] {
  const members = new Members(fleet);
  const wanted =
    selection.names.length > 0
      ? selection.names.flatMap((name) => resolve(name, known, members))
      : known.filter((name) => name !== SUPERVISOR);
  const selected = wanted.filter((name) => fits(members.find(name), selection));
  if (selected.length === 0) throw new FleetError(`no log fits all of that; there are ${known.join(', ')}`);
  return [...new Set(selected)];
}

/** A fleet that ran leaves its logs; before the first one there is only its definition. */
export function knownNames(files: FleetFiles, fleet: Fleet): string[] {
  const logs = existsSync(files.logDir) ? readdirSync(files.logDir).filter((name) => name.endsWith(SUFFIX)) : [];
  if (logs.length > 0) return logs.map((name) => name.slice(0, -SUFFIX.length)).sort();
  return [...everyProcess(fleet.define()).map(({ name }) => name), SUPERVISOR].sort();
}

interface Member {
  readonly group: string;
  readonly role: ProcessRole;
}

/** What is known of the processes that a fleet can have. */
class Members {
  readonly groups: readonly string[];
  readonly #processes: readonly ProcessSpec[];

  constructor(fleet: Fleet) {
    this.#processes = fullestDefinitions(fleet).flatMap(everyProcess);
    this.groups = [...new Set(this.#processes.map(({ group }) => group))];
  }

  /** One that is not in the table is an instance that was added: it has its group's name before its own letter. */
  find(name: string): Member | undefined {
    const listed = this.#processes.find((process) => process.name === name);
    if (listed) return listed;
    const group = this.groups.find((each) => name.startsWith(each));
    return group === undefined ? undefined : { group, role: 'service' };
  }
}

function resolve(name: string, known: readonly string[], members: Members): string[] {
  if (known.includes(name)) return [name];
  const instances = known.filter((each) => {
    const member = members.find(each);
    return member?.group === name && member.role !== 'balancer';
  });
  if (instances.length > 0) return instances;
  throw new FleetError(`no log is called ${name}; there are ${[...known, ...members.groups].sort().join(', ')}`);
}

function fits(member: Member | undefined, { group, balancersOnly }: LogSelection): boolean {
  if (group !== undefined && member?.group !== group) return false;
  return !balancersOnly || member?.role === 'balancer';
}
