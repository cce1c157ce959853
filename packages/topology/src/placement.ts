import { everyProcess, type FleetDefinition, type ProcessSpec } from './model.js';
import { movedPorts } from './ports.js';

const LOOPBACK = '127.0.0.1';

/** Where the processes of a fleet are. */
export interface Placement {
  /** The host that a process is dialled at. */
  hostOf(process: string): string;
  /** @param port - of the table. */
  portOf(port: number): number;
  /** Where a process keeps its data. */
  dataPathOf(process: ProcessSpec): string;
  /** What stands between a list's endpoint and those before it, before and after the text. Default: a comma. */
  joined?(process: ProcessSpec, text: string, index: number): string;
}

/** All of a fleet on this machine. */
export interface LocalOptions {
  /** Moves its ports, so that several fleets can stand side by side. 0 keeps the table's. */
  readonly portOffset?: number;
  /** An absolute path; each dependency has a folder of its own in it. Needed where one keeps data. */
  readonly dataDir?: string;
}

/** Where a fleet is when all of it is on one machine. */
export function localPlacement(
  definition: FleetDefinition,
  { portOffset = 0, dataDir = '' }: LocalOptions = {},
): Placement {
  const ports = everyProcess(definition).flatMap((process) => process.ports.map(({ number }) => number));
  const moved = movedPorts(ports, portOffset);
  return {
    hostOf: () => LOOPBACK,
    portOf: (port) => moved.get(port) ?? port,
    dataPathOf: ({ name }) => `${dataDir}/${name}`,
  };
}

/** Where a fleet is in a network of containers, each found by its name. */
export const networkPlacement: Placement = {
  hostOf: (process) => process,
  portOf: (port) => port,
  dataPathOf: ({ program }) => (program.kind === 'command' && program.image.dataPath) || '/data',
};
