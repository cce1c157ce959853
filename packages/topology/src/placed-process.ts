import { everyProcess, type FleetDefinition, type ProcessRole, type ProcessSpec, type Value } from './model.js';
import { type LocalOptions, localPlacement, type Placement } from './placement.js';
import { portNamed, resolved } from './resolve-value.js';

/** A process with nothing left open. Plain JSON. */
export interface PlacedProcess {
  readonly name: string;
  readonly group: string;
  readonly role: ProcessRole;
  readonly program: PlacedProgram;
  /** The first of its ports. */
  readonly port: number;
  readonly ports: readonly number[];
  readonly environment: Readonly<Record<string, string>>;
  readonly readiness: PlacedReadiness;
  readonly dependsOn: ProcessSpec['dependsOn'];
}

type PlacedProgram =
  | { readonly kind: 'node'; readonly folder: string }
  | {
      readonly kind: 'command';
      readonly command: string;
      readonly args: readonly string[];
      readonly stopSignal: 'SIGTERM' | 'SIGINT' | 'SIGQUIT';
      /** Made before it starts. */
      readonly dataFolder?: string;
    };

export type PlacedReadiness =
  | { readonly kind: 'http'; readonly port: number; readonly path: string }
  | { readonly kind: 'tcp'; readonly port: number }
  | { readonly kind: 'command'; readonly command: string; readonly args: readonly string[] };

/** All processes of a fleet on one machine, in the order of the definition, dependencies last. */
export function localProcesses(definition: FleetDefinition, options: LocalOptions = {}): PlacedProcess[] {
  return placedProcesses(definition, localPlacement(definition, options));
}

/** All processes of a fleet, in the order of the definition, dependencies last. */
export function placedProcesses(definition: FleetDefinition, placement: Placement): PlacedProcess[] {
  return everyProcess(definition).map((process) => placedProcess(process, definition, placement));
}

/** A process of a fleet, placed. */
export function placedProcess(process: ProcessSpec, definition: FleetDefinition, placement: Placement): PlacedProcess {
  const { name, group, role, dependsOn } = process;
  const ports = process.ports.map(({ number }) => placement.portOf(number));
  const resolve = (value: Value) => resolved(value, process, definition, placement);
  return {
    name,
    group,
    role,
    program: placedProgram(process, resolve, placement),
    port: ports[0] as number,
    ports,
    environment: Object.fromEntries(Object.entries(process.environment).map(([name, value]) => [name, resolve(value)])),
    readiness: placedReadiness(process, resolve, placement),
    dependsOn,
  };
}

type Resolve = (value: Value) => string;

function placedProgram(process: ProcessSpec, resolve: Resolve, placement: Placement): PlacedProgram {
  const { program } = process;
  if (program.kind === 'node') return program;
  const { kind, command, args, stopSignal, keepsData } = program;
  const dataFolder = keepsData ? { dataFolder: placement.dataPathOf(process) } : {};
  return { kind, command, args: args.map(resolve), stopSignal, ...dataFolder };
}

function placedReadiness(process: ProcessSpec, resolve: Resolve, placement: Placement): PlacedReadiness {
  const { readiness } = process;
  if (readiness.kind === 'command') return { ...readiness, args: readiness.args.map(resolve) };
  const port = placement.portOf(portNamed(process, readiness.port));
  return readiness.kind === 'tcp' ? { kind: 'tcp', port } : { kind: 'http', port, path: readiness.path };
}
