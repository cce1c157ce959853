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

/** One stage: a service, its instances, and the balancer in front of them. */
export interface Stage {
  readonly number: StageNumber;
  /** `service1`; the prefix of its instances' names. */
  readonly service: string;
  /** Top-level folder of the service. */
  readonly folder: string;
  /** `service1-loadbalancer`: the balancer's name, and its top-level folder. */
  readonly balancer: string;
  readonly route: string;
  /** Where callers find the stage: the single service of a sequential fleet, or the balancer of a parallel one. */
  readonly port: number;
  readonly instances: readonly InstanceSpec[];
}

function stage(number: StageNumber, work: string, route: string, port: number, instancePorts: number[]): Stage {
  const service = `service${number}`;
  return {
    number,
    service,
    folder: `${service}-${work}`,
    balancer: `${service}-loadbalancer`,
    route,
    port,
    instances: instancePorts.map((instancePort, index) => {
      const id = String.fromCharCode('a'.charCodeAt(0) + index);
      return { name: service + id, id, port: instancePort };
    }),
  };
}

/** The fleet. A fifth instance of a stage is one more port at the end of its line. */
export const stages: readonly Stage[] = [
  stage(1, 'input', '/process', 8061, [8051, 8055, 8057, 8059]),
  stage(2, 'preprocess', '/preprocess', 8062, [8052, 8056, 8058, 8060]),
  stage(3, 'analyze', '/analyze', 8063, [8053, 8065, 8067, 8069]),
  stage(4, 'report', '/report', 8064, [8054, 8066, 8068, 8070]),
];

/** Finds a stage of a table by its number. */
export function stageNumbered(number: StageNumber, table: readonly Stage[] = stages): Stage {
  const found = table.find((candidate) => candidate.number === number);
  if (!found) throw new Error(`the topology has no stage ${number}`);
  return found;
}
