import { everyProcess, type FleetDefinition, type ProcessSpec, type Reference, type Value } from './model.js';
import type { Placement } from './placement.js';

/** A value's text for one process. @throws Error when it refers to what the fleet does not have. */
export function resolved(
  value: Value,
  process: ProcessSpec,
  definition: FleetDefinition,
  placement: Placement,
): string {
  if (typeof value === 'string') return value;
  if ('kind' in value) return referred(value, process, definition, placement);
  return value.map((part) => resolved(part, process, definition, placement)).join('');
}

function referred(
  reference: Reference,
  process: ProcessSpec,
  definition: FleetDefinition,
  placement: Placement,
): string {
  if (reference.kind === 'data') return placement.dataPathOf(process);
  if (reference.kind === 'port') return String(placement.portOf(portNamed(process, reference.port)));
  return endpoints(reference, definition, placement);
}

/** The text of a list of endpoints. @throws Error for a name that the fleet does not have. */
export function endpoints(
  { of, form, port }: Extract<Reference, { kind: 'endpoints' }>,
  definition: FleetDefinition,
  placement: Placement,
): string {
  const { joined = (_process, text, index) => (index === 0 ? text : `,${text}`) }: Partial<Placement> = placement;
  return of
    .map((name, index) => {
      const process = processNamed(definition, name);
      const number = portNamed(process, port);
      const dialled = `${placement.hostOf(name)}:${placement.portOf(number)}`;
      const known = `${name}:${number}`;
      const member = dialled === known ? known : `${known}=${dialled}`;
      const text = { url: `http://${dialled}`, address: dialled, member }[form];
      return joined(process, text, index);
    })
    .join('');
}

/** @throws Error for a name that the fleet does not have. */
export function processNamed(definition: FleetDefinition, name: string): ProcessSpec {
  const found = everyProcess(definition).find((process) => process.name === name);
  if (!found) throw new Error(`the ${definition.name} fleet has no process ${name}`);
  return found;
}

/** @throws Error for a port that the process does not have. @param port - undefined: its first. */
export function portNamed({ name, ports }: ProcessSpec, port: string | undefined): number {
  const found = port === undefined ? ports[0] : ports.find((each) => each.name === port);
  if (!found) throw new Error(`${name} has no port ${port}`);
  return found.number;
}
