import { type FleetMode, instancesVariable, type ProcessSpec, urlVariable } from './fleet.js';
import { type InstanceSpec, type Stage, stages } from './topology.js';

/**
 * The processes of a fleet in one network, where each is found by its name. In the order of the stages, each stage's
 * balancer before its instances.
 *
 * @param mode - `sequential`: the first instance of each service on its stage's port. `parallel`: every instance on
 * its own port, and a balancer per stage on the stage's port.
 */
export function composeFleet(mode: FleetMode, table: readonly Stage[] = stages): ProcessSpec[] {
  if (mode === 'parallel') return table.flatMap((stage) => [balancer(stage), ...instances(stage, table)]);
  return table.flatMap((stage) =>
    stage.instances.slice(0, 1).map((first) => service(stage, first, stage.port, nextUrl('sequential', stage, table))),
  );
}

/** Where callers find a stage in the network: its balancer, or its only instance. */
export function stageUrl(mode: FleetMode, stage: Stage): string {
  const host = mode === 'parallel' ? stage.balancer : stage.instances[0]?.name;
  return `http://${host}:${stage.port}`;
}

function instances(stage: Stage, table: readonly Stage[]): ProcessSpec[] {
  return stage.instances.map((each) => service(stage, each, each.port, nextUrl('parallel', stage, table)));
}

function service(stage: Stage, { name, id }: InstanceSpec, port: number, env: ProcessSpec['env']): ProcessSpec {
  const own = { SERVICE_PORT: String(port), INSTANCE_ID: id };
  return { name, role: 'service', stage, folder: stage.folder, port, env: { ...own, ...env } };
}

function balancer(stage: Stage): ProcessSpec {
  const list = stage.instances.map(({ name, port }) => `${name}:${port}`).join(',');
  const env = { SERVICE_PORT: String(stage.port), [instancesVariable(stage)]: list };
  return { name: stage.balancer, role: 'balancer', stage, folder: stage.balancer, port: stage.port, env };
}

function nextUrl(mode: FleetMode, stage: Stage, table: readonly Stage[]): ProcessSpec['env'] {
  const next = table.find((candidate) => candidate.number === stage.number + 1);
  return next ? { [urlVariable(next)]: stageUrl(mode, next) } : {};
}
