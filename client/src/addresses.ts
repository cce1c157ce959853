import { type Stage, stageNumbered, stages, urlVariable } from '@flotilla/topology';
import { ClientError } from './problems.js';

/** How a fleet is told apart from another one. */
export interface FleetChoice {
  /** Where stage 1 is. Undefined: where SERVICE1_URL says, else on this machine, on its port of the topology. */
  readonly url?: string | undefined;
  /** Where stage 4 is. Undefined: on the same host as stage 1, on its port of the topology. */
  readonly reportUrl?: string | undefined;
  /** Added to every port of the topology that no URL names. 0 is the default fleet. */
  readonly portOffset: number;
}

/** A balancer, or the single service of a stage. */
export interface StageAddress {
  readonly name: string;
  readonly stage: number;
  readonly origin: string;
}

/** Where the client calls a fleet. */
export interface FleetAddresses {
  /** `http://127.0.0.1:8061/process`. */
  readonly process: string;
  /** `http://127.0.0.1:8064/report`. */
  readonly report: string;
  /** One per stage, in order. */
  readonly balancers: readonly StageAddress[];
}

const LOOPBACK = '127.0.0.1';

/**
 * Resolves the addresses of a fleet.
 *
 * @param env - In a network where each stage has a host of its own, SERVICE1_URL to SERVICE4_URL say where; without
 * a URL among the options they count.
 * @throws ClientError when a URL is not `http://host:port` or `https://host:port`.
 */
export function fleetAddresses(
  choice: FleetChoice,
  env: Readonly<Record<string, string | undefined>> = process.env,
): FleetAddresses {
  const first = stageNumbered(1);
  const last = stageNumbered(4);
  const given = (stage: Stage) => (choice.url === undefined && env[urlVariable(stage)]) || undefined;
  const entry = originOf(choice.url ?? given(first) ?? `http://${LOOPBACK}:${first.port + choice.portOffset}`);
  const onEntryHost = (stage: Stage) => `${entry.protocol}//${entry.hostname}:${stage.port + choice.portOffset}`;
  const originAt = (stage: Stage) => originOf(given(stage) ?? onEntryHost(stage)).origin;
  const report = choice.reportUrl === undefined ? originAt(last) : originOf(choice.reportUrl).origin;
  return {
    process: entry.origin + first.route,
    report: report + last.route,
    balancers: stages.map((stage) => {
      const origin = stage === first ? entry.origin : originAt(stage);
      return { name: stage.balancer, stage: stage.number, origin };
    }),
  };
}

function originOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const bare = url && /^https?:$/.test(url.protocol) && url.pathname === '/' && !url.search && !url.hash;
  if (bare) return url;
  throw new ClientError(`"${text}" is not the address of a fleet`, 'Write http://host:port, without a path.');
}
