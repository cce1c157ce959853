import type { LookupFunction } from 'node:net';
import type { InstanceAddress, SettingName } from '@flotilla/contracts';
import { callBack, type FaultTaker } from '@flotilla/http-server';
import type { Config } from '@flotilla/process';
import type { TicketState } from '../core/admission.js';
import { Cluster } from '../core/cluster.js';
import type { ClusterEvent } from '../core/events.js';
import type { Outcome } from '../core/outcome.js';
import { createStrategy, type StrategyName } from '../core/strategies/registry.js';
import type { Attempt } from './attempt.js';
import { Body } from './body.js';
import { clusterOptions, clusterSettings } from './cluster-options.js';
import { Instance } from './instance.js';
import { sharedLookup } from './lookup.js';
import { ReplayBudget } from './replay-budget.js';
import { TimeoutSweeper } from './timeout-sweeper.js';
import {
  UpstreamRequest,
  type UpstreamRequestAttempts,
  type UpstreamRequestOptions,
  type UpstreamRequestTarget,
} from './upstream-request.js';

/** The settings of whatever calls a group of instances: a balancer, or a service that calls the next stage. */
export const upstreamSettings = [
  ...clusterSettings,
  'tryTimeoutMs',
  'progressTimeoutMs',
  'connectTimeoutMs',
  'upstreamIdleMs',
  'maxConnections',
  'maxReplayBytes',
  'maxReplayStreamBytes',
  'maxReplayTotalBytes',
  'maxHeldResponseBytes',
] as const satisfies readonly SettingName[];

export type UpstreamConfig = Config<(typeof upstreamSettings)[number]>;

/** Told of what goes on: for metrics and the log. */
export interface UpstreamListener {
  /** @param latencyMs - How long the instance took for its answer; undefined if there was none. */
  onTryEnd?(instance: string, outcome: Outcome, latencyMs: number | undefined): void;
  onEvent?(event: ClusterEvent): void;
  /** An unexpected error was thrown that belongs to no single request. */
  onFault?(error: unknown): void;
}

/** Bodies up to this size are waited for before an instance is chosen: the size of one read of a socket. */
const GATHER_BYTES = 64 * 1024;
/** Not even the first byte is waited for. */
const NOT_GATHERED = -1;

/** A group of instances that requests can be sent to. */
export class Upstream implements UpstreamRequestTarget, FaultTaker {
  readonly limits: UpstreamConfig;
  readonly cluster: Cluster;
  readonly #listener: UpstreamListener;
  readonly #lookup: LookupFunction = sharedLookup();
  readonly #instances = new Map<number, Instance>();
  readonly #budget: ReplayBudget;
  readonly #watch: TimeoutSweeper<UpstreamRequest>;
  #strategy: StrategyName;
  #addresses: readonly InstanceAddress[];
  #movedTries = 0;
  #isSheddingLoad = false;

  constructor(addresses: readonly InstanceAddress[], config: UpstreamConfig, listener: UpstreamListener = {}) {
    this.limits = config;
    this.#listener = listener;
    this.#addresses = addresses;
    this.#strategy = config.strategy;
    const specs = addresses.map(specOf);
    this.cluster = new Cluster(specs, createStrategy(config.strategy), clusterOptions(config), (event) =>
      this.#heard(event),
    );
    for (const slot of this.cluster.members) this.#open(slot);
    this.#budget = new ReplayBudget(config.maxReplayTotalBytes);
    const { requestTimeoutMs, tryTimeoutMs, progressTimeoutMs, queueTimeoutMs } = config;
    const shortestMs = Math.min(requestTimeoutMs, tryTimeoutMs, progressTimeoutMs, queueTimeoutMs);
    this.#watch = new TimeoutSweeper(shortestMs, (nowMs) => {
      callBack(this, this.#tick, nowMs);
    });
  }

  /** What was thrown is the fault of no one request. */
  fault(error: unknown): void {
    this.#listener.onFault?.(error);
  }

  /** Bytes of bodies that are kept so that they can be sent again. */
  get keptBytes(): number {
    return this.#budget.keptBytes;
  }

  /** Tries that were moved away from an instance that had become unhealthy. */
  get movedTries(): number {
    return this.#movedTries;
  }

  /** The members' names, in the order in which they are listed. */
  get names(): string[] {
    return this.#addresses.map(({ key }) => key);
  }

  get strategy(): StrategyName {
    return this.#strategy;
  }

  /** While it is set, no request is admitted. */
  set isSheddingLoad(isOn: boolean) {
    this.#isSheddingLoad = isOn;
  }

  /** Connections to an instance that are open or being opened. */
  connectionsOf(slot: number): number {
    return this.#instances.get(slot)?.connections ?? 0;
  }

  /**
   * A body to be filled and sent here.
   *
   * @param kind - `stream`: it may have any length, and less of it is kept, so that memory stays flat. `dialogue`: the
   * instance may have to answer what has come before more comes, so nothing is waited for.
   */
  newBody(kind: 'whole' | 'stream' | 'dialogue' = 'whole'): Body {
    const { maxReplayBytes, maxReplayStreamBytes } = this.limits;
    const maxKeptBytes = kind === 'whole' ? maxReplayBytes : Math.min(maxReplayBytes, maxReplayStreamBytes);
    return new Body(this.#budget, kind === 'dialogue' ? NOT_GATHERED : GATHER_BYTES, maxKeptBytes);
  }

  /** A request to one of the instances; {@link UpstreamRequest.run} sends it. */
  newCall(request: UpstreamRequestOptions, body: Body): UpstreamRequest {
    return new UpstreamRequest(this, request, body);
  }

  admit({ attempts }: UpstreamRequest): TicketState {
    if (this.#isSheddingLoad) {
      this.cluster.totals.shed++;
      return 'refused';
    }
    return this.cluster.admit(attempts, performance.now());
  }

  onCallStarted(call: UpstreamRequest): void {
    this.#watch.add(call);
  }

  over(call: UpstreamRequest): void {
    this.#watch.remove(call);
    const nowMs = performance.now();
    this.cluster.release(call.attempts, nowMs);
    if (this.cluster.pending > 0) this.#letIn(nowMs);
  }

  send(current: Attempt): void {
    this.#instances.get(current.slot)?.send(current.exchange);
  }

  onTryEnd(current: Attempt, outcome: Outcome, latencyMs: number | undefined): void {
    this.#listener.onTryEnd?.(this.cluster.nameOf(current.slot), outcome, current.hasStarted ? latencyMs : undefined);
  }

  /** Makes the members those that are listed. What is under way on others ends as usual. */
  setMembers(addresses: readonly InstanceAddress[]): void {
    this.#addresses = addresses;
    const nowMs = performance.now();
    const { added, removed, moved } = this.cluster.setMembers(addresses.map(specOf), nowMs);
    for (const slot of [...removed, ...moved]) this.#instances.get(slot)?.retire();
    for (const slot of [...added, ...moved]) this.#open(slot);
    this.#letIn(nowMs);
  }

  setStrategy(name: StrategyName): void {
    this.#strategy = name;
    this.cluster.setStrategy(createStrategy(name));
  }

  drain(instance: string): void {
    this.cluster.drain(instance, performance.now());
  }

  undrain(instance: string): void {
    const nowMs = performance.now();
    this.cluster.undrain(instance, nowMs);
    this.#letIn(nowMs);
  }

  /** Closes all connections. Requests under way break off, so it is for when there are none. */
  close(): void {
    this.#watch.stop();
    for (const instance of this.#instances.values()) instance.close();
  }

  #open(slot: number): void {
    const name = this.cluster.nameOf(slot);
    const address = this.#addresses.find(({ key }) => key === name);
    if (!address) return;
    const onFault = (error: unknown) => this.fault(error);
    const instance = new Instance(address, { ...this.limits, lookup: this.#lookup, onFault }, (isGood) => {
      if (this.#instances.get(slot) !== instance) return;
      callBack(this, () => this.#checked(slot, isGood), undefined);
    });
    this.#instances.set(slot, instance);
  }

  #tick(nowMs: number): void {
    this.cluster.tick(nowMs);
    this.#letIn(nowMs);
  }

  #checked(slot: number, isGood: boolean): void {
    const nowMs = performance.now();
    this.cluster.check(slot, isGood, nowMs);
    this.#letIn(nowMs);
  }

  /** Those in the queue whose waiting is over. What is thrown is not the fault of the request whose end admits them. */
  #letIn(nowMs: number): void {
    callBack(this, this.#letInAll, nowMs);
  }

  #letInAll(nowMs: number): void {
    for (;;) {
      const attempts = this.cluster.poll(nowMs);
      if (!attempts) return;
      const { call } = attempts as UpstreamRequestAttempts;
      callBack(call, call.admitted, undefined);
    }
  }

  #heard(event: ClusterEvent): void {
    this.#listener.onEvent?.(event);
    // The group is in the middle of its work.
    if (event.kind === 'unhealthy') queueMicrotask(() => callBack(this, this.#moveTriesOff, event.slot));
  }

  /** One that answers that it is not ready still works on what it has; one that says nothing may not. */
  #moveTriesOff(slot: number): void {
    if (!this.#instances.get(slot)?.isSilent) return;
    for (const call of [...this.#watch.all]) if (callBack(call, call.leave, slot)) this.#movedTries++;
  }
}

function specOf({ key, host, port, weight }: InstanceAddress) {
  const spec = { name: key, address: `${host}:${port}` };
  return weight === undefined ? spec : { ...spec, weight };
}
