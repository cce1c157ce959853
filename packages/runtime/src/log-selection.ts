import { existsSync, readdirSync } from 'node:fs';
import { localFleet, type Stage, stages } from '@flotilla/topology';
import { FleetError } from './fleet-error.js';
import { type FleetFiles, SUPERVISOR } from './fleet-files.js';

/** Which logs somebody wants to see; all that is undefined or empty leaves nothing out. */
export interface LogSelection {
  /** Instances (`service1a`), services (`service1`: all its instances), balancers, or `supervisor`. */
  readonly names: readonly string[];
  readonly stage: number | undefined;
  readonly balancersOnly: boolean;
}

const SUFFIX = '.log';

/**
 * Names of the processes whose logs are selected, in order of stages. The supervisor's own log is only shown when it
 * is named.
 *
 * @throws FleetError for a name that is not known, or when nothing is left; it lists the known names.
 */
export function selectLogs(files: FleetFiles, selection: LogSelection, table: readonly Stage[] = stages): string[] {
  return selectNames(knownNames(files, table), selection, table);
}

/** As {@link selectLogs}, from names that are known otherwise. */
export function selectNames(
  known: readonly string[],
  selection: LogSelection,
  table: readonly Stage[] = stages,
): string[] {
  const named = selection.names.length > 0;
  const wanted = named ? selection.names.flatMap((name) => resolve(name, known, table)) : known.filter(isNoSupervisor);
  const selected = wanted.filter((name) => matches(name, selection, table));
  if (selected.length === 0) throw new FleetError(`no log fits all of that; there are ${known.join(', ')}`);
  return [...new Set(selected)];
}

/** A fleet that ran leaves its logs; before the first one there is only the table. */
function knownNames(files: FleetFiles, table: readonly Stage[]): string[] {
  const logs = existsSync(files.logDir) ? readdirSync(files.logDir).filter((name) => name.endsWith(SUFFIX)) : [];
  if (logs.length > 0) return logs.map((name) => name.slice(0, -SUFFIX.length)).sort();
  return [...localFleet('parallel', { table }).map((spec) => spec.name), SUPERVISOR].sort();
}

function resolve(name: string, known: readonly string[], table: readonly Stage[]): string[] {
  if (known.includes(name)) return [name];
  const stage = table.find((candidate) => candidate.service === name);
  const instances = known.filter((each) => stage && isInstanceOf(stage, each));
  if (instances.length > 0) return instances;
  const services = table.map((each) => each.service);
  throw new FleetError(`no log is called ${name}; there are ${[...known, ...services].sort().join(', ')}`);
}

function matches(name: string, { stage, balancersOnly }: LogSelection, table: readonly Stage[]): boolean {
  const owner = table.find((candidate) => isBalancerOf(candidate, name) || isInstanceOf(candidate, name));
  if (stage !== undefined && owner?.number !== stage) return false;
  return !balancersOnly || (owner !== undefined && isBalancerOf(owner, name));
}

function isBalancerOf(stage: Stage, name: string): boolean {
  return stage.balancers.some((balancer) => balancer.name === name);
}

function isInstanceOf(stage: Stage, name: string): boolean {
  return !isBalancerOf(stage, name) && name.startsWith(stage.service);
}

function isNoSupervisor(name: string): boolean {
  return name !== SUPERVISOR;
}
