import { join, relative, resolve } from 'node:path';
import type { Fleet } from '@flotilla/topology';
import { type Environment, readSetting } from './environment.js';
import { FleetError } from './fleet-error.js';
import { type FleetFiles, fleetFiles } from './fleet-files.js';
import type { RuntimeChoice } from './runtime-name.js';

/** What every command needs to know of the fleet that it acts on. */
export interface FleetContext {
  readonly fleet: Fleet;
  /** Absolute path of the directory that holds the services' folders and the compose files. */
  readonly root: string;
  /** How fleets that are not up yet shall run. */
  readonly choice: RuntimeChoice;
  readonly files: FleetFiles;
  /** Absolute path of the folder with the data of this fleet. No command but `clean-data` removes anything in it. */
  readonly dataDir: string;
  readonly caller: Environment;
  /** Tells the person who gave the command. */
  readonly say: (text: string) => void;
}

/** What of a checkout is made again when it is gone, so that it may be removed. */
const CLEANED = ['.flotilla', 'bundle', 'coverage', 'datasets', 'node_modules'];

/** The checkout that this package belongs to. */
export const CHECKOUT = join(import.meta.dirname, '../../../..');

/** @throws FleetError when a setting of the caller is wrong. */
export function fleetContext(
  fleet: Fleet,
  root: string,
  choice: RuntimeChoice,
  caller: Environment,
  say: (text: string) => void,
): FleetContext {
  const absoluteRoot = resolve(root);
  // A folder that the caller names is relative to where the caller is; the default is found from everywhere.
  const baseOf = (variable: string) => (caller[variable] === undefined ? absoluteRoot : process.cwd());
  const stateDir = resolve(baseOf('FLOTILLA_STATE_DIR'), readSetting('stateDir', caller));
  const dataDir = resolve(baseOf('FLOTILLA_DATA_DIR'), readSetting('dataDir', caller), fleet.name);
  requireSafe(dataDir, [stateDir, ...CLEANED.map((name) => join(absoluteRoot, name))]);
  const files = fleetFiles(join(stateDir, fleet.stateFolder ?? fleet.name));
  return { fleet, root: absoluteRoot, choice, files, dataDir, caller, say };
}

/** @throws FleetError when `make clean` or `make super-clean` would remove the data of fleets. */
function requireSafe(dataDir: string, cleaned: readonly string[]): void {
  const folder = cleaned.find((each) => !relative(each, dataDir).startsWith('..'));
  if (folder) throw new FleetError(`FLOTILLA_DATA_DIR must not be in ${folder}, which \`make clean\` removes`);
}

/** How people stop a fleet of a mode. */
export function downCommand(fleet: Fleet, mode: string): string {
  return fleet.define({ mode }).guide.commands.down;
}

/** How people start a fleet, as the end of a sentence. */
export function startHint({ name, startHint: own = `\`make up-${name}\`` }: Fleet): string {
  return `start one with ${own}`;
}
