import { type Stage, stageNumbered, stages, urlVariable } from '@flotilla/topology';
import { ClientError } from './problems.js';
import { Target } from './target.js';

/** How a fleet is told apart from another one. */
export interface FleetChoice {
  /**
   * Where stage 1 is: an address, or several with commas between. Undefined: where SERVICE1_URL says, else on this
   * machine, on its port of the topology.
   */
  readonly url?: string | undefined;
  /** Where stage 4 is. Undefined: on the same hosts as stage 1, on its ports of the topology. */
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
  readonly process: Target;
  /** `http://127.0.0.1:8064/report`. */
  readonly report: Target;
  /** One or several per stage, in the order of the stages. */
  readonly balancers: readonly StageAddress[];
}

const LOOPBACK = '127.0.0.1';

/**
 * Resolves the addresses of a fleet.
 *
 * @param env - SERVICE1_URL to SERVICE4_URL say where the stages are: in a network where each has a host of its own,
 * or to a command that is run against a fleet. Without a URL among the options they count.
 * @throws ClientError when a URL is not `http://host:port` or `https://host:port`.
 */
export function fleetAddresses(
  choice: FleetChoice,
  env: Readonly<Record<string, string | undefined>> = process.env,
): FleetAddresses {
  const { portOffset, url, reportUrl } = choice;
  const first = stageNumbered(1);
  const last = stageNumbered(4);
  const given = (stage: Stage) => (url === undefined && env[urlVariable(stage)]) || undefined;
  const entries = originsOf(url ?? given(first) ?? `http://${LOOPBACK}:${first.port + portOffset}`);
  const originsAt = (stage: Stage) => {
    if (stage === first) return entries.map(({ origin }) => origin);
    const text = given(stage);
    return text ? originsOf(text).map(({ origin }) => origin) : besideEntries(entries, stage, portOffset);
  };
  const reports = reportUrl === undefined ? originsAt(last) : originsOf(reportUrl).map(({ origin }) => origin);
  return {
    process: new Target(originsAt(first).map((origin) => origin + first.route)),
    report: new Target(reports.map((origin) => origin + last.route)),
    balancers: stages.flatMap((stage) => named(stage, originsAt(stage), portOffset)),
  };
}

/** Where a stage is on the hosts of stage 1: each second balancer of that stands beside the other second ones. */
function besideEntries(entries: readonly URL[], stage: Stage, portOffset: number): string[] {
  const origins = entries.map(({ protocol, hostname, port }) => {
    const index = stageNumbered(1).balancers.findIndex((balancer) => balancer.port + portOffset === Number(port));
    const { port: own } = stage.balancers[index] ?? stage;
    return `${protocol}//${hostname}:${own + portOffset}`;
  });
  return [...new Set(origins)];
}

/** Balancers by the names of the topology: by their ports where these tell them apart, else in the order given. */
function named(stage: Stage, origins: readonly string[], portOffset: number): StageAddress[] {
  const byPort = origins.map((origin) => {
    const port = Number(new URL(origin).port) - portOffset;
    return stage.balancers.find((balancer) => balancer.port === port)?.name;
  });
  const areDistinct = byPort.every(Boolean) && new Set(byPort).size === origins.length;
  return origins.map((origin, index) => {
    const inOrder = index === 0 ? stage.balancer : `${stage.balancer}${index + 1}`;
    return { name: (areDistinct && byPort[index]) || inOrder, stage: stage.number, origin };
  });
}

function originsOf(list: string): URL[] {
  return list.split(',').map((text) => originOf(text.trim()));
}

function originOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const bare = url && /^https?:$/.test(url.protocol) && url.pathname === '/' && !url.search && !url.hash;
  if (bare) return url;
  throw new ClientError(
    `"${text}" is not the address of a fleet`,
    'Write http://host:port, without a path; several with commas between.',
  );
}
