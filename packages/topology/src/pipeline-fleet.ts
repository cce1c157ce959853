import { type Fleet, type FleetChoice, type FleetOption, withDefaults } from './fleet.js';
import {
  type EntryPoint,
  type FleetDefinition,
  type FleetGuide,
  membersOf,
  type ProcessSpec,
  urlsOf,
  type Value,
} from './model.js';
import { instancesVariable, nextStage, stages, urlVariable } from './pipeline.js';
import type { BalancerSpec, InstanceSpec, Stage } from './stage.js';

/** How the pipeline runs: one instance of each service and no balancer, or all instances behind balancers. */
export type PipelineMode = 'sequential' | 'parallel';

/** What makes a definition of the pipeline. */
export interface PipelineChoice {
  /** Default: parallel. */
  readonly mode?: PipelineMode;
  readonly table?: readonly Stage[];
  /** Per stage of a parallel fleet. Default 1; a sequential one has none, whatever this says. */
  readonly balancers?: number;
}

const FLEET = 'pipeline';
/** Passes bodies on, and keeps up to 160 MiB of them to send again. */
const BALANCER_MIB = 512;
/** The profile of Compose that adds a second balancer to each stage. */
const TWO_BALANCERS = 'two-balancers';

const balancersOption: FleetOption = {
  name: 'balancers',
  variable: 'BALANCERS',
  values: [1, 2],
  default: 1,
  purpose: 'per stage of the parallel fleet',
  describe: (value) => `${value === 1 ? '1 balancer' : `${value} balancers`} per stage`,
};

/** The pipeline as a fleet that can be asked for. */
export function pipelineFleet(table: readonly Stage[] = stages): Fleet {
  const options = [balancersOption];
  const seconds = table.flatMap(({ balancers }) => balancers.slice(1).map(({ name }) => name));
  return {
    name: FLEET,
    modes: ['parallel', 'sequential'],
    options,
    // The first fleet there was: its state lies where it always did.
    stateFolder: '.',
    startHint: '`make up` or `make up-parallel`',
    define: ({ mode, options: chosen }: FleetChoice = {}) => {
      const { balancers } = withDefaults({ options }, chosen);
      return pipeline({ mode: mode === 'sequential' ? 'sequential' : 'parallel', table, balancers: balancers ?? 1 });
    },
    optionsAmong: (_mode, names) => ({ balancers: seconds.some((name) => names.has(name)) ? 2 : 1 }),
  };
}

/** The pipeline in one of its modes. */
export function pipeline({ mode = 'parallel', table = stages, balancers = 1 }: PipelineChoice = {}): FleetDefinition {
  const isParallel = mode === 'parallel';
  const perStage = isParallel ? balancers : 0;
  return {
    fleet: FLEET,
    name: mode,
    options: { balancers: isParallel ? balancers : 1 },
    processes: table.flatMap((stage) => stageProcesses(stage, table, perStage)),
    dependencies: [],
    entryPoints: table.flatMap((stage) => entryPointsOf(stage, perStage)),
    network: {
      name: 'rest-network',
      project: `flotilla-${mode}`,
      composeFile: isParallel ? 'docker-compose-parallel.yml' : 'docker-compose.yml',
      containerPrefix: 'rest-',
    },
    guide: isParallel ? guideOf('-parallel', 'INSTANCES', '/stats', table) : guideOf('', 'PROCESS', '/health', table),
    passedOn: [],
  };
}

function guideOf(suffix: string, behind: string, route: string, [first]: readonly Stage[]): FleetGuide {
  const address = { kind: 'endpoints', form: 'address', of: first ? [entryName(first, suffix !== '')] : [] } as const;
  const post: Value = [
    'curl ',
    address,
    `${first?.route} -H 'content-type: application/json' -d '{"text":"the cat and the hat"}'`,
  ];
  return {
    commands: { up: `make up${suffix}`, down: `make down${suffix}`, restart: `make restart${suffix}` },
    columns: { label: 'STAGE', behind },
    examples: [['curl ', address, route], post],
    clientExample: 'process sample.txt --parallel 4',
    statsArguments: ['stats'],
  };
}

function entryName({ balancer, instances }: Stage, isParallel: boolean): string {
  return isParallel ? balancer : (instances[0]?.name ?? '');
}

/** Whom callers of a stage call: its balancers, or its only instance. @param balancers - 0: none. */
function endpointsOf({ balancers: all, instances }: Stage, balancers: number): string[] {
  return (balancers === 0 ? instances.slice(0, 1) : all.slice(0, balancers)).map(({ name }) => name);
}

function entryPointsOf(stage: Stage, balancers: number): EntryPoint[] {
  const behind = balancers === 0 ? [] : stage.instances.map(({ name }) => name);
  return endpointsOf(stage, balancers).map((process) => ({
    label: String(stage.number),
    process,
    variable: urlVariable(stage),
    request: `POST ${stage.route}`,
    behind,
  }));
}

/** A stage's balancers, then its instances. @param balancers - 0: one instance, on the stage's port. */
function stageProcesses(stage: Stage, table: readonly Stage[], balancers: number): ProcessSpec[] {
  const next = nextStage(stage, table);
  const callees = next ? endpointsOf(next, balancers) : [];
  const nextUrls = next ? { [urlVariable(next)]: urlsOf(callees) } : {};
  const service = (instance: InstanceSpec, port: number): ProcessSpec => ({
    ...processOf(stage, instance, port),
    program: { kind: 'node', folder: stage.folder },
    role: 'service',
    environment: { ...ownEnvironment(instance), ...nextUrls },
    memoryMiB: stage.memoryMiB,
    dependsOn: started(callees),
  });
  if (balancers === 0) return stage.instances.slice(0, 1).map((instance) => service(instance, stage.port));
  return [
    ...stage.balancers.slice(0, balancers).map((balancer) => balancerProcess(stage, balancer)),
    ...stage.instances.map((instance) => service(instance, instance.port)),
  ];
}

function balancerProcess(stage: Stage, balancer: BalancerSpec): ProcessSpec {
  const instances = stage.instances.map(({ name }) => name);
  return {
    ...processOf(stage, balancer, balancer.port),
    program: { kind: 'node', folder: stage.balancer },
    role: 'balancer',
    environment: { ...ownEnvironment(balancer), [instancesVariable(stage)]: membersOf(instances) },
    memoryMiB: BALANCER_MIB,
    dependsOn: started(instances),
    ...(balancer.name === stage.balancer ? {} : { profile: TWO_BALANCERS }),
  };
}

function processOf({ service }: Stage, { name }: InstanceSpec | BalancerSpec, port: number) {
  return {
    name,
    group: service,
    ports: [{ name: 'http', number: port }],
    readiness: { kind: 'http', path: '/health/ready' },
  } as const;
}

function ownEnvironment({ id }: InstanceSpec | BalancerSpec): Record<string, Value> {
  return { SERVICE_PORT: { kind: 'port' }, INSTANCE_ID: id };
}

/** None waits for another: balancers and services look for each other with every request. */
function started(names: readonly string[]): ProcessSpec['dependsOn'] {
  return names.map((name) => ({ name, condition: 'started' }));
}
