import { type InstanceSpec, type Stage, stages } from './topology.js';

/** How a fleet runs: one instance of each service and no balancer, or all instances behind balancers. */
export type FleetMode = 'sequential' | 'parallel';

/** One process of a fleet: what to run, where it listens, and how it is told so. */
export interface ProcessSpec {
  /** `service1a` or `service1-loadbalancer`. */
  readonly name: string;
  readonly role: 'service' | 'balancer';
  readonly stage: Stage;
  /** Top-level folder whose `dist/main.js` is run. */
  readonly folder: string;
  readonly port: number;
  /** The contract's environment variables of this process, and no others. */
  readonly env: Readonly<Record<string, string>>;
}

/** Where a fleet runs when all of it is on one machine. */
export interface LocalFleetOptions {
  /** Added to every port of the table, so that several fleets can stand side by side. 0 keeps the table's ports. */
  readonly portOffset?: number;
  readonly table?: readonly Stage[];
}

const LOOPBACK = '127.0.0.1';

/**
 * The processes of a fleet on one machine, in an order in which they can be started: a stage comes after the stages
 * that it calls, a balancer after its instances.
 *
 * @param mode - `sequential`: the first instance of each service on its stage's port. `parallel`: every instance on
 * its own port, and a balancer per stage on the stage's port.
 */
export function localFleet(mode: FleetMode, options: LocalFleetOptions = {}): ProcessSpec[] {
  const { portOffset = 0, table = stages } = options;
  const lastStageFirst = [...table].sort((a, b) => b.number - a.number);
  return lastStageFirst.flatMap((stage) => stageProcesses(mode, stage, table, portOffset));
}

function stageProcesses(mode: FleetMode, stage: Stage, table: readonly Stage[], offset: number): ProcessSpec[] {
  const [first] = stage.instances;
  if (!first) return [];
  if (mode === 'sequential') return [serviceProcess(stage, first, stage.port + offset, table, offset)];
  const services = stage.instances.map((each) => serviceProcess(stage, each, each.port + offset, table, offset));
  return [...services, balancerProcess(stage, offset)];
}

function serviceProcess(
  stage: Stage,
  instance: InstanceSpec,
  port: number,
  table: readonly Stage[],
  offset: number,
): ProcessSpec {
  const next = table.find((candidate) => candidate.number === stage.number + 1);
  const nextUrl = next ? { [urlVariable(next)]: `http://${LOOPBACK}:${next.port + offset}` } : {};
  const env = { SERVICE_PORT: String(port), INSTANCE_ID: instance.id, ...nextUrl };
  return { name: instance.name, role: 'service', stage, folder: stage.folder, port, env };
}

function balancerProcess(stage: Stage, offset: number): ProcessSpec {
  const port = stage.port + offset;
  const instances = stage.instances.map((each) => `${each.name}:${each.port}=${LOOPBACK}:${each.port + offset}`);
  const env = { SERVICE_PORT: String(port), [instancesVariable(stage)]: instances.join(',') };
  return { name: stage.balancer, role: 'balancer', stage, folder: stage.balancer, port, env };
}

/** Name of the variable that tells a service where a stage is: `SERVICE2_URL`. */
export function urlVariable(stage: Stage): string {
  return `${stage.service.toUpperCase()}_URL`;
}

/** Name of the variable that tells a balancer its instances: `SERVICE1_INSTANCES`. */
export function instancesVariable(stage: Stage): string {
  return `${stage.service.toUpperCase()}_INSTANCES`;
}
