import { type BalancerCount, doorsOf, type FleetMode, urlVariable } from './doors.js';
import { instancesVariable, type ProcessSpec } from './fleet.js';
import { type BalancerSpec, type InstanceSpec, nextStage, type Stage, stages } from './topology.js';

/** Which processes a fleet in a network has. */
export interface ComposeFleetOptions {
  readonly table?: readonly Stage[];
  /** Per stage of a parallel fleet. Default 1; a sequential fleet has none, whatever this says. */
  readonly balancers?: BalancerCount;
}

/**
 * The processes of a fleet in one network, where each is found by its name. In the order of the stages, each stage's
 * balancers before its instances.
 *
 * @param mode - `sequential`: the first instance of each service on its stage's port. `parallel`: every instance on
 * its own port, and each stage's balancers on theirs, the first on the stage's port.
 */
export function composeFleet(mode: FleetMode, options: ComposeFleetOptions = {}): ProcessSpec[] {
  const network: Network = { mode, table: stages, balancers: 1, ...options };
  return network.table.flatMap((stage) => stageProcesses(stage, network));
}

type Network = Required<ComposeFleetOptions> & { readonly mode: FleetMode };

/** Where callers find a stage in the network. */
export function networkUrls(mode: FleetMode, stage: Stage, balancers: BalancerCount): string[] {
  return doorsOf(mode, stage, balancers).map(({ name, port }) => `http://${name}:${port}`);
}

function stageProcesses(stage: Stage, network: Network): ProcessSpec[] {
  const { mode, balancers } = network;
  if (mode === 'sequential')
    return stage.instances.slice(0, 1).map((each) => service(stage, each, stage.port, network));
  const services = stage.instances.map((each) => service(stage, each, each.port, network));
  return [...stage.balancers.slice(0, balancers).map((each) => balancer(stage, each)), ...services];
}

function service(stage: Stage, { name, id }: InstanceSpec, port: number, network: Network): ProcessSpec {
  const env = { SERVICE_PORT: String(port), INSTANCE_ID: id, ...nextUrls(stage, network) };
  return { name, role: 'service', stage, folder: stage.folder, port, env };
}

function nextUrls(stage: Stage, { mode, table, balancers }: Network): ProcessSpec['env'] {
  const next = nextStage(stage, table);
  return next ? { [urlVariable(next)]: networkUrls(mode, next, balancers).join(',') } : {};
}

function balancer(stage: Stage, { name, id, port }: BalancerSpec): ProcessSpec {
  const list = stage.instances.map((each) => `${each.name}:${each.port}`).join(',');
  const env = { SERVICE_PORT: String(port), INSTANCE_ID: id, [instancesVariable(stage)]: list };
  return { name, role: 'balancer', stage, folder: stage.balancer, port, env };
}
