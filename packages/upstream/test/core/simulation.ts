import { expect } from 'vitest';
import { nextCheckMs } from '../../src/core/active-health.js';
import { Attempts, Cluster } from '../../src/core/cluster.js';
import type { ClusterEvent } from '../../src/core/events.js';
import type { MemberSpec } from '../../src/core/member.js';
import type { ClusterOptions } from '../../src/core/options.js';
import { isFailure, type Outcome } from '../../src/core/outcome.js';
import { createStrategy, type StrategyName } from '../../src/core/strategies/registry.js';
import { Agenda, seeded } from './fake-time.js';

/** What an instance does. A bad one is well by its health route, and its work always answers 500. */
export type Conduct = 'well' | 'bad' | 'refusing' | 'hanging';

/** A pretended instance. */
export interface Pretended {
  conduct: Conduct;
  /** Mean of its latencies, which are between half and one and a half of it. */
  latencyMs: number;
}

interface Run {
  readonly attempts: Attempts;
  readonly seq: number;
  readonly arrivedMs: number;
  isOver: boolean;
  tryCount: number;
}

/** What became of the requests of a stretch of time. */
export interface Tally {
  answered: number;
  failed: number;
  refused: number;
  latenciesMs: number[];
}

const OUTCOMES: Readonly<Record<Conduct, Outcome>> = {
  well: 'ok',
  bad: 'server_error',
  refusing: 'unreachable',
  hanging: 'timed_out',
};
const TRY_TIMEOUT_MS = 5_000;

/**
 * Requests over a group in fake time: an edge that does what the group says, with instances that are pretended. It
 * checks at every step what must always hold.
 */
export class Simulation {
  readonly agenda = new Agenda();
  readonly random: () => number;
  readonly cluster: Cluster;
  readonly instances = new Map<string, Pretended>();
  readonly events: (ClusterEvent & { readonly atMs: number })[] = [];
  readonly options: ClusterOptions;
  /** Picks by name. */
  readonly picks = new Map<string, number>();
  tally: Tally = { answered: 0, failed: 0, refused: 0, latenciesMs: [] };
  arrivals = 0;
  steps = 0;
  /** Requests per second; 0: none come. */
  rate = 0;
  readonly #underWay = new Map<number, Set<Run>>();
  readonly #barred = new Set<string>();
  readonly #ejected = new Set<string>();
  readonly #runs = new Map<Attempts, Run>();
  /** Of those that were whole when they came, and of those that were not: each kind keeps its order. */
  readonly #lastPolled = { whole: -1, arriving: -1 };
  #becameUnhealthy: number[] = [];

  constructor(names: readonly string[], strategy: StrategyName, options: ClusterOptions, seed: number) {
    this.random = seeded(seed);
    this.options = options;
    for (const name of names) this.instances.set(name, { conduct: 'well', latencyMs: 5 });
    const specs = names.map((name) => ({ name }));
    this.cluster = new Cluster(specs, createStrategy(strategy), options, (event) => this.#hear(event));
    for (const name of names) this.#scheduleCheck(name);
    this.#scheduleArrival();
  }

  get nowMs(): number {
    return this.agenda.nowMs;
  }

  /** Lets time pass. */
  run(seconds: number): Tally {
    this.tally = { answered: 0, failed: 0, refused: 0, latenciesMs: [] };
    this.picks.clear();
    this.agenda.runUntil(this.nowMs + seconds * 1000);
    return this.tally;
  }

  /** No more requests come, and those under way end; then all the books must balance. */
  settle(): void {
    this.rate = 0;
    for (const instance of this.instances.values()) instance.conduct = 'well';
    this.agenda.runUntil(this.nowMs + 30_000);
    const { cluster } = this;
    expect(this.#runs.size).toBe(0);
    expect(cluster.inFlight).toBe(0);
    expect(cluster.pending).toBe(0);
    expect(cluster.retryBudget.held).toBe(0);
    const slots = cluster.members.map((slot) => cluster.counts(slot));
    const requests = slots.reduce((sum, counts) => sum + counts.requests, cluster.former.requests);
    const { clientRequests, retries, refused, queueTimeouts, exhausted } = cluster.totals;
    expect(requests).toBe(clientRequests + retries);
    expect(slots.every(({ inFlight }) => inFlight === 0)).toBe(true);
    // A request that was admitted either reached an instance, or there was none to reach.
    expect(this.arrivals).toBeGreaterThanOrEqual(clientRequests + refused + queueTimeouts);
    expect(this.arrivals).toBeLessThanOrEqual(clientRequests + refused + queueTimeouts + exhausted);
  }

  conduct(name: string, conduct: Conduct): void {
    const instance = this.instances.get(name) as Pretended;
    instance.conduct = conduct;
    // Who refuses has died, and what it was doing with it.
    if (conduct === 'refusing') this.#breakTries(this.#slotOf(name), 'broken');
  }

  drain(name: string): void {
    this.cluster.drain(name, this.nowMs);
    this.#barred.add(name);
    this.#afterChange();
  }

  undrain(name: string): void {
    this.cluster.undrain(name, this.nowMs);
    this.#barred.delete(name);
    this.#afterChange();
  }

  setMembers(specs: readonly MemberSpec[]): void {
    const before = new Set(this.cluster.members.map((slot) => this.cluster.nameOf(slot)));
    for (const { name } of specs) {
      if (!this.instances.has(name)) this.instances.set(name, { conduct: 'well', latencyMs: 5 });
    }
    const { added, removed, moved } = this.cluster.setMembers(specs, this.nowMs);
    for (const slot of added) {
      this.#barred.delete(this.cluster.nameOf(slot));
      this.#scheduleCheck(this.cluster.nameOf(slot));
    }
    for (const slot of removed) {
      this.#barred.add(this.cluster.nameOf(slot));
      this.#ejected.delete(this.cluster.nameOf(slot));
    }
    for (const slot of [...added, ...moved]) this.#ejected.delete(this.cluster.nameOf(slot));
    expect(before.size - removed.length + added.length).toBe(specs.length);
    this.#afterChange();
  }

  picksOf(name: string): number {
    return this.picks.get(name) ?? 0;
  }

  #scheduleArrival(): void {
    const gapMs = this.rate === 0 ? 10 : (-Math.log(1 - this.random()) * 1000) / this.rate;
    this.agenda.at(this.nowMs + gapMs, () => {
      if (this.rate > 0) this.#arrive();
      this.#scheduleArrival();
    });
  }

  #arrive(): void {
    const attempts = new Attempts(Math.floor(this.random() * 2 ** 32));
    attempts.isArriving = this.random() < 0.3;
    const run: Run = { attempts, seq: this.arrivals++, arrivedMs: this.nowMs, isOver: false, tryCount: 0 };
    this.#runs.set(attempts, run);
    const state = this.cluster.admit(attempts, this.nowMs);
    if (this.cluster.pending > this.options.admission.maxPending) throw new Error('the queue is too long');
    if (state === 'running') this.#begin(run);
    else if (state === 'refused') this.#refuse(run);
    else this.agenda.at(this.cluster.nextDeadlineMs, () => this.#poll());
  }

  #refuse(run: Run): void {
    this.tally.refused++;
    this.#runs.delete(run.attempts);
    if (!(this.cluster.retryAfterSeconds >= 1)) throw new Error('refused without a time to come again');
  }

  #begin(run: Run): void {
    this.steps++;
    const { cluster } = this;
    const slot = cluster.begin(run.attempts, this.nowMs, this.random());
    if (slot < 0) {
      this.#end(run, false);
      return;
    }
    const name = cluster.nameOf(slot);
    if (this.#barred.has(name)) throw new Error(`${name} was picked, which is drained or removed`);
    if (cluster.counts(slot).inFlight > this.options.maxInFlightPerInstance) throw new Error(`too many on ${name}`);
    this.picks.set(name, this.picksOf(name) + 1);
    this.#startTry(run, slot, this.instances.get(name) as Pretended);
  }

  #startTry(run: Run, slot: number, { conduct, latencyMs }: Pretended): void {
    const nth = run.tryCount++;
    const onSlot = this.#underWay.get(slot) ?? new Set();
    this.#underWay.set(slot, onSlot.add(run));
    const outcome = OUTCOMES[conduct];
    const tookMs = this.#duration(conduct, latencyMs);
    this.agenda.at(this.nowMs + tookMs, () => {
      // It may have been moved meanwhile.
      if (run.attempts.ended === nth) this.#endTry(run, slot, outcome);
    });
  }

  #duration(conduct: Conduct, latencyMs: number): number {
    if (conduct === 'refusing') return 0.2;
    return conduct === 'hanging' ? TRY_TIMEOUT_MS : latencyMs * (0.5 + this.random());
  }

  #endTry(run: Run, slot: number, outcome: Outcome): void {
    this.steps++;
    const { cluster, nowMs } = this;
    this.#underWay.get(slot)?.delete(run);
    cluster.end(run.attempts, outcome, nowMs);
    if (!isFailure(outcome)) {
      this.#end(run, true);
      return;
    }
    const facts = { wasSent: true, isIdempotent: true, canReplay: true };
    const delayMs = cluster.nextRetry(run.attempts, outcome, facts, nowMs, this.random());
    if (delayMs === 0) {
      this.#begin(run);
    } else if (delayMs > 0) {
      const { held, limit } = cluster.retryBudget;
      if (held > limit) throw new Error(`the retry budget is exceeded: ${held} of ${limit}`);
      this.agenda.at(nowMs + delayMs, () => this.#begin(run));
    } else {
      this.#end(run, false);
    }
    this.#poll();
  }

  #end(run: Run, isAnswered: boolean): void {
    if (run.isOver) throw new Error('a request ended twice');
    run.isOver = true;
    if (isAnswered) {
      this.tally.answered++;
      this.tally.latenciesMs.push(this.nowMs - run.arrivedMs);
    } else {
      this.tally.failed++;
      this.cluster.abandonRetry();
    }
    this.#runs.delete(run.attempts);
    this.cluster.release(run.attempts, this.nowMs);
    this.#poll();
  }

  #poll(): void {
    for (let next = this.cluster.poll(this.nowMs); next; next = this.cluster.poll(this.nowMs)) {
      const run = this.#runs.get(next) as Run;
      const kind = next.isArriving ? 'arriving' : 'whole';
      if (run.seq < this.#lastPolled[kind]) throw new Error('a request overtook another of its kind in the queue');
      this.#lastPolled[kind] = run.seq;
      if (next.state === 'running') this.#begin(run);
      else this.#refuse(run);
    }
  }

  #scheduleCheck(name: string): void {
    this.agenda.at(nextCheckMs(this.nowMs, 1000, this.random(), true), () => {
      const slot = this.#slotOf(name);
      if (slot === -1) return;
      const { conduct } = this.instances.get(name) as Pretended;
      this.cluster.check(slot, conduct === 'well' || conduct === 'bad', this.nowMs);
      this.#afterChange();
      this.#scheduleCheck(name);
    });
  }

  /** Tries move away from instances that have become unhealthy, and there may be room for those that wait. */
  #afterChange(): void {
    const slots = this.#becameUnhealthy;
    this.#becameUnhealthy = [];
    for (const slot of slots) this.#breakTries(slot, 'timed_out');
    this.#poll();
  }

  #breakTries(slot: number, outcome: Outcome): void {
    for (const run of [...(this.#underWay.get(slot) ?? [])]) this.#endTry(run, slot, outcome);
  }

  #slotOf(name: string): number {
    return this.cluster.members.find((slot) => this.cluster.nameOf(slot) === name) ?? -1;
  }

  #hear(event: ClusterEvent): void {
    this.events.push({ ...event, atMs: this.nowMs });
    if (event.kind === 'unhealthy') this.#becameUnhealthy.push(event.slot);
    if (event.kind === 'readmitted') this.#ejected.delete(event.instance);
    if (event.kind !== 'ejected') return;
    this.#ejected.add(event.instance);
    const candidates = this.cluster.members.filter((slot) => !this.#barred.has(this.cluster.nameOf(slot)));
    const ejected = candidates.filter((slot) => this.#ejected.has(this.cluster.nameOf(slot)));
    if (ejected.length > this.options.ejection.maxShare * candidates.length) {
      throw new Error(`${ejected.length} of ${candidates.length} are ejected`);
    }
  }
}

/** The value that a share of the numbers do not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
