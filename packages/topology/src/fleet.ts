import { type BalancerCount, doorsOf, type FleetMode, urlVariable } from './doors.js';
import { type BalancerSpec, type InstanceSpec, nextStage, type Stage, stages } from './topology.js';

/** One process of a fleet: what to run, where it listens, and how it is told so. */
export interface ProcessSpec {
  /** `service1a` or `service1-loadbalancer`. */
  readonly name: string;
  readonly role: 'service' | 'balancer';
  readonly stage: Stage;
  /** Top-level folder whose program is run. */
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
  /** Per stage of a parallel fleet. Default 1; a sequential fleet has none, whatever this says. */
  readonly balancers?: BalancerCount;
}

const LOOPBACK = '127.0.0.1';

/**
 * The processes of a fleet on one machine, in an order in which they can be started: a stage comes after the stages
 * that it calls, a balancer after its instances.
 *
 * @param mode - `sequential`: the first instance of each service on its stage's port. `parallel`: every instance on
 * its own port, and each stage's balancers on theirs, the first on the stage's port.
 */
export function localFleet(mode: FleetMode, options: LocalFleetOptions = {}): ProcessSpec[] {
  const place: Place = { mode, portOffset: 0, table: stages, balancers: 1, ...options };
  const lastStageFirst = [...place.table].sort((a, b) => b.number - a.number);
  return lastStageFirst.flatMap((stage) => stageProcesses(stage, place));
}

type Place = Required<LocalFleetOptions> & { readonly mode: FleetMode };

function stageProcesses(stage: Stage, place: Place): ProcessSpec[] {
  const [first] = stage.instances;
  if (!first) return [];
  if (place.mode === 'sequential') return [serviceProcess(stage, first, stage.port, place)];
  const services = stage.instances.map((each) => serviceProcess(stage, each, each.port, place));
  const balancers = stage.balancers.slice(0, place.balancers).map((each) => balancerProcess(stage, each, place));
  return [...services, ...balancers];
}

function serviceProcess(stage: Stage, instance: InstanceSpec, tablePort: number, place: Place): ProcessSpec {
  const port = tablePort + place.portOffset;
  const env = { SERVICE_PORT: String(port), INSTANCE_ID: instance.id, ...nextUrls(stage, place) };
  return { name: instance.name, role: 'service', stage, folder: stage.folder, port, env };
}

function nextUrls(stage: Stage, { mode, table, balancers, portOffset }: Place): ProcessSpec['env'] {
  const next = nextStage(stage, table);
  if (!next) return {};
  const urls = doorsOf(mode, next, balancers).map(({ port }) => `http://${LOOPBACK}:${port + portOffset}`);
  return { [urlVariable(next)]: urls.join(',') };
}

function balancerProcess(stage: Stage, balancer: BalancerSpec, { portOffset }: Place): ProcessSpec {
  const { name, id } = balancer;
  const port = balancer.port + portOffset;
  const instances = stage.instances.map((each) => `${each.name}:${each.port}=${LOOPBACK}:${each.port + portOffset}`);
  const env = { SERVICE_PORT: String(port), INSTANCE_ID: id, [instancesVariable(stage)]: instances.join(',') };
  return { name, role: 'balancer', stage, folder: stage.balancer, port, env };
}

/** Name of the variable that tells a balancer its instances: `SERVICE1_INSTANCES`. */
export function instancesVariable(stage: Stage): string {
  return `${stage.service.toUpperCase()}_INSTANCES`;
}
