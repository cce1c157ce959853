import { join, resolve } from 'node:path';
import type { FleetMode } from '@flotilla/topology';
import { type Environment, readSetting } from './environment.js';
import { type FleetFiles, fleetFiles } from './fleet-files.js';
import type { RuntimeChoice } from './runtime-name.js';

/** What every command needs to know. */
export interface FleetContext {
  /** Absolute path of the directory that holds the services' folders and the compose files. */
  readonly root: string;
  /** How fleets that are not up yet shall run. */
  readonly choice: RuntimeChoice;
  readonly files: FleetFiles;
  readonly caller: Environment;
  /** Tells the person who gave the command. */
  readonly say: (text: string) => void;
}

/** The checkout that this package belongs to. */
export const CHECKOUT = join(import.meta.dirname, '../../..');

/** @throws FleetError when a setting of the caller is wrong. */
export function fleetContext(
  root: string,
  choice: RuntimeChoice,
  caller: Environment,
  say: (text: string) => void,
): FleetContext {
  const absoluteRoot = resolve(root);
  // One that the caller names is relative to where the caller is; the default is found from everywhere.
  const base = caller.FLOTILLA_STATE_DIR === undefined ? absoluteRoot : process.cwd();
  return { root: absoluteRoot, choice, files: fleetFiles(resolve(base, readSetting('stateDir', caller))), caller, say };
}

/** How people stop a fleet of a mode. */
export function downCommand(mode: FleetMode): string {
  return mode === 'parallel' ? 'make down-parallel' : 'make down';
}

/** How people start a fleet. */
export const START_HINT = 'start one with `make up` or `make up-parallel`';
