/**
 * The one table that says who exists, on which port, and who calls whom. Everything that needs to know reads it: the
 * services' defaults, the local runtime, the client, and whatever is generated for other runtimes.
 */

/** Number of a stage, in the order that a text passes through them. */
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

/** One stage: a service, its instances, and the balancers in front of them. */
export interface Stage {
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

function stage(
  number: StageNumber,
  work: string,
  route: string,
  balancerPorts: readonly [number, number],
  instancePorts: readonly number[],
): Stage {
  const service = `service${number}`;
  const balancer = `${service}-loadbalancer`;
  return {
    number,
    service,
    folder: `${service}-${work}`,
    balancer,
    route,
    port: balancerPorts[0],
    balancers: balancerPorts.map((port, index) => {
      const id = String(index + 1);
      return { name: index === 0 ? balancer : balancer + id, id, port };
    }),
    instances: instancePorts.map((instancePort, index) => {
      const id = String.fromCharCode('a'.charCodeAt(0) + index);
      return { name: service + id, id, port: instancePort };
    }),
  };
}

/**
 * The fleet: the ports of each stage's balancers, then those of its instances. A fifth instance of a stage is one more
 * port at the end of its line.
 */
export const stages: readonly Stage[] = [
  stage(1, 'input', '/process', [8061, 8071], [8051, 8055, 8057, 8059]),
  stage(2, 'preprocess', '/preprocess', [8062, 8072], [8052, 8056, 8058, 8060]),
  stage(3, 'analyze', '/analyze', [8063, 8073], [8053, 8065, 8067, 8069]),
  stage(4, 'report', '/report', [8064, 8074], [8054, 8066, 8068, 8070]),
];

/** Finds a stage of a table by its number. */
export function stageNumbered(number: StageNumber, table: readonly Stage[] = stages): Stage {
  const found = table.find((candidate) => candidate.number === number);
  if (!found) throw new Error(`the topology has no stage ${number}`);
  return found;
}

/** The stage that a stage calls. Undefined: it is the last. */
export function nextStage(stage: Stage, table: readonly Stage[] = stages): Stage | undefined {
  return table.find((candidate) => candidate.number === stage.number + 1);
}
