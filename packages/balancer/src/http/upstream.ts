import type { LookupFunction } from 'node:net';
import type { InstanceAddress, SettingName } from '@flotilla/contracts';
import type { Config } from '@flotilla/service-kit';
import { type Dispatcher, Pool } from 'undici';
import { Group } from '../core/group.js';
import type { Outcome } from '../core/outcome.js';
import { createStrategy } from '../core/strategies/registry.js';
import { Body } from './body.js';
import { Call, type CallRequest, type CallTarget } from './call.js';
import { sharedLookup } from './lookup.js';
import { ReplayBudget } from './replay-budget.js';

/** The settings of whatever calls a group of instances: a balancer, or a service that calls the next stage. */
export const upstreamSettings = [
  'requestTimeoutMs',
  'tryTimeoutMs',
  'connectTimeoutMs',
  'upstreamIdleMs',
  'maxConnections',
  'maxReplayBytes',
  'maxReplayTotalBytes',
  'maxHeldResponseBytes',
  'strategy',
] as const satisfies readonly SettingName[];

export type UpstreamConfig = Config<(typeof upstreamSettings)[number]>;

/** Told of every try that ends. For metrics. */
export type TryListener = (instance: string, outcome: Outcome) => void;

/** Bodies up to this size are waited for before an instance is chosen: the size of one read of a socket. */
const GATHER_BYTES = 64 * 1024;

/** A group of instances that requests can be sent to, with a pool of connections to each. */
export class Upstream implements CallTarget {
  readonly addresses: readonly InstanceAddress[];
  readonly limits: UpstreamConfig;
  readonly group: Group;
  readonly onTryEnd: TryListener;
  readonly #pools: readonly Pool[];
  readonly #budget: ReplayBudget;

  constructor(addresses: readonly InstanceAddress[], config: UpstreamConfig, onTryEnd: TryListener = () => {}) {
    this.addresses = addresses;
    this.limits = config;
    this.onTryEnd = onTryEnd;
    const members = addresses.map(({ key }) => ({ name: key }));
    this.group = new Group(members, createStrategy(config.strategy));
    const lookup = sharedLookup();
    this.#pools = addresses.map((address) => openPool(address, config, lookup));
    this.#budget = new ReplayBudget({
      perRequestBytes: config.maxReplayBytes,
      totalBytes: config.maxReplayTotalBytes,
    });
  }

  /** Bytes of bodies that are kept so that they can be sent again. */
  get keptBytes(): number {
    return this.#budget.keptBytes;
  }

  /** A body to be filled and sent here. */
  newBody(): Body {
    return new Body(this.#budget, GATHER_BYTES);
  }

  /** A request to one of the instances; {@link Call.run} sends it. */
  newCall(request: CallRequest, body: Body): Call {
    return new Call(this, request, body);
  }

  nameOf(index: number): string {
    return at(this.addresses, index).key;
  }

  dispatch(index: number, options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    at(this.#pools, index).dispatch(options, handler);
  }

  /** Closes all connections. Requests under way break off, so it is for when there are none. */
  async close(): Promise<void> {
    await Promise.all(this.#pools.map((pool) => pool.destroy()));
  }
}

function at<Item>(items: readonly Item[], index: number): Item {
  const item = items[index];
  if (item === undefined) throw new RangeError(`no instance ${index} of ${items.length}`);
  return item;
}

function openPool(address: InstanceAddress, config: UpstreamConfig, lookup: LookupFunction): Pool {
  return new Pool(`http://${address.host}:${address.port}`, {
    connections: config.maxConnections,
    pipelining: 1,
    keepAliveTimeout: config.upstreamIdleMs,
    // An instance may offer a longer time, and mean it; ours is the shorter one so that ours ends first.
    keepAliveMaxTimeout: config.upstreamIdleMs,
    connect: { timeout: config.connectTimeoutMs, lookup },
    // undici's own are coarse above a second; a call keeps its own time.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
}
