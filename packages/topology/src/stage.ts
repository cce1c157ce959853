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
export interface RpcMethod {
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
   * what comes for a while, or sends nothing before it has all, makes no progress without a fault.
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
  readonly number: number;
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
export interface StageRow extends Omit<StageTraits, 'rpc'> {
  readonly number: number;
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
