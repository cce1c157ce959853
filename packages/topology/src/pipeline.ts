/**
 * The one table of the pipeline: which stages there are, in the order in which a text passes through them, who does their
 * work on which port, and what of a stage others need to know. A further stage is one more row.
 */

/** Number of a stage. */
export type StageNumber = 1 | 2 | 3 | 4;

/** One instance of a stage's service. */
export interface InstanceSpec {
  /** The stage's service and the instance's letter: `service1a`. Also its host name in a network. */
  readonly name: string;
  /** The letter: `a` for the first, in the order of the table. */
  readonly id: string;
  readonly port: number;
}

/** One of the balancers of a stage. */
export interface BalancerSpec {
  /** `service1-loadbalancer`, `service1-loadbalancer2`. Also its host name in a network. */
  readonly name: string;
  /** `1` for the first. */
  readonly id: string;
  readonly port: number;
}

/** A method of gRPC, as those know it that pass its calls on and read no `.proto`. */
interface RpcMethod {
  /** `/pipeline.TextInputService/ReceiveText`. */
  readonly path: string;
  /** Whether its request is a stream of messages, of any length together. */
  readonly isClientStreaming: boolean;
}

/** What a stage does with a text, as far as others must know. */
interface StageTraits {
  /** Whose limits its bodies have: those of what comes from outside, or those of the hops between stages. */
  readonly bodyLimit: 'outer' | 'inner';
  /** What the next stage gets: the text as it passes, or what was found out about it. `nothing`: it answers itself. */
  readonly outputType: 'text' | 'analysis' | 'nothing';
  /** Whether a text that came as itself goes on byte for byte: its length is known beforehand then. */
  readonly keepsPlainText: boolean;
  /** The shape of its bodies in JSON. */
  readonly requestSchema: 'TextRequest' | 'ReportRequest';
  /**
   * Of which requests its balancers may expect that an instance takes some of the body all the time: a stage that drops
   * what comes for a while, or sends nothing before it has all, stands still without a fault.
   */
  readonly idleTimeoutFor: 'all' | 'streams' | 'none';
  /** Memory that a container of its service may take. */
  readonly memoryMiB: number;
  /** For the OpenAPI document. */
  readonly summary: string;
  /** Its service of gRPC, and the methods of that. */
  readonly rpc: { readonly service: string; readonly methods: readonly RpcMethod[] };
}

/** One stage: a service, its instances, and the balancers in front of them. */
export interface Stage extends StageTraits {
  /** What it is called by: its place in the chain is that of its row. */
  readonly number: StageNumber;
  /** `service1`; the prefix of its instances' names. */
  readonly service: string;
  /** Top-level folder of the service. */
  readonly folder: string;
  /** `service1-loadbalancer`: the top-level folder of its balancers, and the name of the first. */
  readonly balancer: string;
  readonly route: string;
  /** Where callers find the stage: the single service of a sequential fleet, or the first balancer of a parallel one. */
  readonly port: number;
  /** All that there can be, the first on the stage's port. How many of them run, a fleet says. */
  readonly balancers: readonly BalancerSpec[];
  readonly instances: readonly InstanceSpec[];
}

/** A row of the table. */
interface StageRow extends Omit<StageTraits, 'rpc'> {
  readonly number: StageNumber;
  /** Behind the service's name it makes that of the folder. */
  readonly work: string;
  readonly route: string;
  readonly balancerPorts: readonly [number, number];
  /** A fifth instance is one more port at the end. */
  readonly instancePorts: readonly number[];
  /** A method that takes a stream of messages has `stream ` before its name, as in the `.proto`. */
  readonly rpc: { readonly service: string; readonly methods: readonly string[] };
}

/** Makes a stage of a row. */
export function stageOf(row: StageRow): Stage {
  const { work, balancerPorts, instancePorts, rpc, ...traits } = row;
  const service = `service${row.number}`;
  const balancer = `${service}-loadbalancer`;
  return {
    ...traits,
    service,
    folder: `${service}-${work}`,
    balancer,
    port: balancerPorts[0],
    balancers: balancerPorts.map((port, index) => {
      const id = String(index + 1);
      return { name: index === 0 ? balancer : balancer + id, id, port };
    }),
    instances: instancePorts.map((port, index) => instanceOf(service, index, port)),
    rpc: { service: rpc.service, methods: rpc.methods.map((method) => rpcMethodOf(rpc.service, method)) },
  };
}

function instanceOf(service: string, index: number, port: number): InstanceSpec {
  const id = String.fromCharCode('a'.charCodeAt(0) + index);
  return { name: service + id, id, port };
}

function rpcMethodOf(service: string, method: string): RpcMethod {
  const isClientStreaming = method.startsWith('stream ');
  return { path: `/${service}/${method.replace('stream ', '')}`, isClientStreaming };
}

/** A stage with one more instance, on a port of those that are kept for such. */
export function withInstance(stage: Stage, port: number): Stage {
  return { ...stage, instances: [...stage.instances, instanceOf(stage.service, stage.instances.length, port)] };
}

/**
 * What streams on (stages 1 and 2) keeps up to 160 MiB to send again, and took 0.4 GiB with eight bodies of 100 MiB under
 * way. What holds a table (stages 3 and 4) took 0.8 GiB for one such text of 17 million words, no two the same; English text
 * takes 0.1.
 */
const STREAMS_ON_MIB = 512;
const HOLDS_A_TABLE_MIB = 1024;

export const stages: readonly Stage[] = [
  stageOf({
    number: 1,
    work: 'input',
    route: '/process',
    balancerPorts: [8061, 8071],
    instancePorts: [8051, 8055, 8057, 8059],
    bodyLimit: 'outer',
    outputType: 'text',
    keepsPlainText: true,
    requestSchema: 'TextRequest',
    // It hands a stream on byte for byte, and drops white space of JSON, which its callers send all the same.
    idleTimeoutFor: 'all',
    memoryMiB: STREAMS_ON_MIB,
    summary: 'Takes a text in and hands it on.',
    rpc: { service: 'pipeline.TextInputService', methods: ['ReceiveText', 'stream ReceiveTextStream'] },
  }),
  stageOf({
    number: 2,
    work: 'preprocess',
    route: '/preprocess',
    balancerPorts: [8062, 8072],
    instancePorts: [8052, 8056, 8058, 8060],
    bodyLimit: 'inner',
    outputType: 'text',
    keepsPlainText: false,
    requestSchema: 'TextRequest',
    // The stage before it drops white space of JSON: a pause is one of the client's only where a text comes as itself.
    idleTimeoutFor: 'streams',
    memoryMiB: STREAMS_ON_MIB,
    summary: 'Cleans a text.',
    rpc: { service: 'pipeline.PreprocessService', methods: ['CleanText'] },
  }),
  stageOf({
    number: 3,
    work: 'analyze',
    route: '/analyze',
    balancerPorts: [8063, 8073],
    instancePorts: [8053, 8065, 8067, 8069],
    bodyLimit: 'inner',
    outputType: 'analysis',
    keepsPlainText: false,
    requestSchema: 'TextRequest',
    // The stage before it drops most that is no word.
    idleTimeoutFor: 'none',
    memoryMiB: HOLDS_A_TABLE_MIB,
    summary: 'Counts the words of a cleaned text.',
    rpc: { service: 'pipeline.AnalysisService', methods: ['AnalyzeText'] },
  }),
  stageOf({
    number: 4,
    work: 'report',
    route: '/report',
    balancerPorts: [8064, 8074],
    instancePorts: [8054, 8066, 8068, 8070],
    bodyLimit: 'inner',
    outputType: 'nothing',
    keepsPlainText: false,
    requestSchema: 'ReportRequest',
    // It gets an analysis, in one piece.
    idleTimeoutFor: 'all',
    memoryMiB: HOLDS_A_TABLE_MIB,
    summary: 'Writes the report.',
    rpc: { service: 'pipeline.ReportService', methods: ['GenerateReport'] },
  }),
];

/** Finds a stage of a table by its number. */
export function stageNumbered(number: number, table: readonly Stage[] = stages): Stage {
  const found = table.find((candidate) => candidate.number === number);
  if (!found) throw new Error(`the pipeline has no stage ${number}`);
  return found;
}

/** The stage that a stage calls: the one of the next row. Undefined: it is the last. */
export function nextStage(stage: Pick<Stage, 'number'>, table: readonly Stage[] = stages): Stage | undefined {
  return table[table.findIndex((candidate) => candidate.number === stage.number) + 1];
}

/** Name of the variable that tells a caller where a stage is: `SERVICE2_URL`. */
export function urlVariable({ service }: Pick<Stage, 'service'>): string {
  return `${service.toUpperCase()}_URL`;
}

/** Name of the variable that tells a balancer its instances: `SERVICE1_INSTANCES`. */
export function instancesVariable({ service }: Pick<Stage, 'service'>): string {
  return `${service.toUpperCase()}_INSTANCES`;
}
