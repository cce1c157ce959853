import { Admission, type TicketState } from './admission.js';
import type { Attempts } from './attempts.js';
import { EndpointSet, type MembershipChange } from './endpoint-set.js';
import type { GroupListener } from './events.js';
import { HealthManager } from './health-manager.js';
import { RecentLatencies } from './latency-histogram.js';
import { type InstanceCounts, type MemberSpec, RANK } from './member.js';
import { type ClusterOptions, plainGroup } from './options.js';
import { isFailure, type Outcome } from './outcome.js';
import { PickView } from './pick-view.js';
import { backOffMs, isSafeToRetry, type RetryFacts } from './retry-policy.js';
import { RetryTokens } from './retry-tokens.js';
import { type InstanceSnapshot, snapshotOf } from './snapshot.js';
import type { Strategy } from './strategy.js';
import { type GroupTotals, newTotals } from './totals.js';

export { Attempts } from './attempts.js';
export type { InstanceCounts } from './member.js';

/** No instance is left to try. */
export const NO_ENDPOINT = -1;
/** There are instances that were not tried, but all of them are at their limit. */
export const OVERFLOW = -2;
/** The request is not tried again. */
export const NO_RETRY = -1;

/** Answers before a quantile of their latencies is worth acting on. */
const MIN_HEDGE_ANSWERS = 100;

/**
 * A group of instances: says who may come in, picks an instance for each try, keeps the counts, and decides what comes
 * after a failure. Pure: it carries no bytes, and time and randomness are arguments. Times are monotonic milliseconds,
 * and must not run backwards; random numbers are in [0, 1).
 *
 * A request's life: {@link admit}, then {@link begin} and {@link end} for each try with {@link nextRetry} between
 * them, then {@link release}, whatever happened, and then {@link poll} for those that wait. Beside that, {@link check}
 * takes the results of health checks, and {@link tick} wants to be called once a second when there is no traffic.
 */
export class Cluster {
  readonly totals: GroupTotals = newTotals();
  readonly #options: ClusterOptions;
  readonly #roster: EndpointSet;
  readonly #view: PickView;
  readonly #overseer: HealthManager;
  readonly #grants: RetryTokens;
  readonly #admission: Admission<Attempts>;
  readonly #latencies = new RecentLatencies();
  #strategy: Strategy;
  #inFlight = 0;
  /** Requests that were admitted and have not started: room that is reserved. */
  #expected = 0;
  #nowMs = Number.NEGATIVE_INFINITY;
  #hedgeDelayMs = Number.POSITIVE_INFINITY;

  /**
   * @param members - The first members, who have no slow start; or how many, if nothing else is known of them.
   * @param options - Without them nothing is limited and no instance is judged.
   * @param listener - Told of what changes.
   */
  constructor(
    members: readonly MemberSpec[] | number,
    strategy: Strategy,
    options: ClusterOptions = plainGroup,
    listener: GroupListener = () => {},
  ) {
    this.#options = options;
    this.#strategy = strategy;
    this.#roster = new EndpointSet(options);
    this.#view = new PickView(this.#roster, options);
    this.#overseer = new HealthManager(options, this.#roster, listener);
    this.#grants = new RetryTokens(options.retryBudget, this.totals);
    this.#admission = new Admission(options.admission);
    const specs = typeof members === 'number' ? Array.from({ length: members }, (_, n) => ({ name: `${n}` })) : members;
    this.#roster.set(specs, Number.NEGATIVE_INFINITY);
  }

  /** Slots, those of former members included. */
  get size(): number {
    return this.#roster.slots.length;
  }

  get isPanic(): boolean {
    return this.#roster.isPanic;
  }

  /** Requests that wait. */
  get pending(): number {
    return this.#admission.pending;
  }

  /** Tries under way. */
  get inFlight(): number {
    return this.#inFlight;
  }

  /** Tries beyond the first pass that are under way or wait, and how many there may be. */
  get retryBudget(): { readonly held: number; readonly limit: number } {
    return { held: this.#grants.held, limit: this.#grants.limit(this.#live) };
  }

  /** The members' slots, in the order in which they were listed. */
  get members(): number[] {
    return this.#roster.listed.map(({ slot }) => slot);
  }

  /** Counts of members that are not listed any more. */
  get former(): Readonly<InstanceCounts> {
    return this.#roster.unlisted;
  }

  counts(slot: number): InstanceCounts {
    return this.#roster.at(slot).counts;
  }

  nameOf(slot: number): string {
    return this.#roster.at(slot).name;
  }

  addressOf(slot: number): string {
    return this.#roster.at(slot).address;
  }

  snapshot(slot: number, nowMs: number): InstanceSnapshot {
    return snapshotOf(this.#roster.at(slot), this.#options.slowStartMs, nowMs);
  }

  /**
   * Asks whether a request may come in: `running` (go on with {@link begin} in the same turn), `waiting` ({@link poll}
   * will hand it out), or `refused` (503, with {@link retryAfterSeconds}).
   */
  admit(attempts: Attempts, nowMs: number): TicketState {
    const state = this.#admission.ask(attempts, this.#hasRoom, nowMs);
    if (state === 'running') this.#expected++;
    else if (state === 'waiting') this.totals.queued++;
    else this.totals.refused++;
    return state;
  }

  /**
   * The next request whose waiting is over: its state is `running`, or `refused` since its time is up. To be called
   * until there is none after each {@link release}, {@link check} and change of membership, and at
   * {@link nextDeadlineMs}.
   */
  poll(nowMs: number): Attempts | undefined {
    const attempts = this.#admission.poll(this.#hasRoom, nowMs);
    if (attempts?.state === 'running') this.#expected++;
    else if (attempts) this.totals.queueTimeouts++;
    return attempts;
  }

  /** When the first in the queue has waited too long; Infinity if no request waits. */
  get nextDeadlineMs(): number {
    return this.#admission.nextDeadlineMs;
  }

  /** For those who are refused. */
  get retryAfterSeconds(): number {
    return this.#admission.retryAfterSeconds;
  }

  /**
   * Begins a try of a request on an instance that it has not been to.
   *
   * @returns The instance's slot, {@link NO_ENDPOINT}, or {@link OVERFLOW}.
   */
  begin(attempts: Attempts, nowMs: number, random: number): number {
    if (nowMs >= this.#overseer.nextTickMs) this.tick(nowMs);
    this.#nowMs = nowMs;
    this.#view.aim(attempts, nowMs);
    let slot = this.#strategy.pick(this.#view, nowMs, random);
    if (slot === -1) {
      slot = this.#pickFallback(nowMs, random);
      if (slot < 0) return slot;
    }
    if (attempts.hasGrant) this.totals.laterTries++;
    this.#count(attempts, slot, nowMs);
    return slot;
  }

  /**
   * Begins a second try beside one under way, after {@link hedgeDelayMs} without an answer. The first answer wins; the
   * other try is superseded: it is to be aborted, and ends as `outrun`. Takes from the retry budget.
   *
   * @returns The instance's slot, or {@link NO_ENDPOINT} if no instance is free or the budget is used up.
   */
  beginHedge(attempts: Attempts, nowMs: number, random: number): number {
    const { maxTries } = this.#options.retry;
    this.#view.aim(attempts, nowMs);
    if (attempts.tried.length >= maxTries || !this.#view.hasUntried(true)) return NO_ENDPOINT;
    if (!this.#grants.ask(attempts, this.#live)) return NO_ENDPOINT;
    const slot = this.#strategy.pick(this.#view, nowMs, random);
    if (slot === -1) {
      this.#grants.giveBack(attempts);
      return NO_ENDPOINT;
    }
    this.totals.hedges++;
    this.#count(attempts, slot, nowMs);
    return slot;
  }

  /** Whether an instance is left that could be asked now, and is neither unhealthy nor ejected. */
  hasUntriedHealthyEndpoint(attempts: Attempts, nowMs: number): boolean {
    this.#view.aim(attempts, nowMs);
    return this.#view.hasUntriedHealthyEndpoint();
  }

  /** After which time without an answer a second try makes sense; Infinity: never, or not enough is known yet. */
  get hedgeDelayMs(): number {
    return this.#hedgeDelayMs;
  }

  /** Ends the try that was started last, where a request has one at a time. See {@link endTry}. */
  end(attempts: Attempts, outcome: Outcome, nowMs: number = Number.NaN, latencyMs?: number): void {
    this.endTry(attempts, attempts.ended, outcome, nowMs, latencyMs);
  }

  /**
   * Ends a try.
   *
   * @param nth - Which of the request's tries, from 0.
   * @param nowMs - NaN: not known, and neither is how long it took.
   * @param latencyMs - How long the answer took from when all of the request had been sent. Without it, the whole try
   *   counts, and slow clients are held against the instance.
   */
  endTry(attempts: Attempts, nth: number, outcome: Outcome, nowMs: number, latencyMs?: number): void {
    const slot = attempts.tried[nth];
    const startedMs = attempts.startedMs[nth];
    if (slot === undefined || startedMs === undefined || attempts.outcomes[nth] !== undefined) {
      throw new Error('a try ended that was not started');
    }
    attempts.outcomes[nth] = outcome;
    attempts.ended++;
    const member = this.#roster.at(slot);
    this.#roster.gaveBack(member);
    this.#inFlight--;
    this.#grants.end(attempts, nth);
    if (nowMs > this.#nowMs) this.#nowMs = nowMs;
    if (isFailure(outcome)) member.counts.errors++;
    if (outcome === 'cancelled') this.totals.cancelled++;
    if (outcome === 'cancelled' || outcome === 'outrun') member.counts.cancelled++;
    if (member.isRemoved || startedMs < member.judgedSinceMs) return;
    const tookMs = latencyMs ?? nowMs - startedMs;
    this.#overseer.judge(member, outcome, tookMs, this.#nowMs);
    const { hedgeQuantile } = this.#options;
    if (hedgeQuantile > 0 && outcome === 'ok' && !Number.isNaN(tookMs)) this.#latencies.record(tookMs, this.#nowMs);
  }

  /**
   * What comes after a failed try.
   *
   * @returns 0: {@link begin} at once, on an instance that was not tried. More: all were tried, or are full; begin after
   *   so many milliseconds. {@link NO_RETRY}: the request has failed.
   */
  nextRetry(attempts: Attempts, outcome: Outcome, facts: RetryFacts, nowMs: number, random: number): number {
    const { retry } = this.#options;
    if (!isSafeToRetry(outcome, facts) || attempts.tried.length >= retry.maxTries) return NO_RETRY;
    this.#view.aim(attempts, nowMs);
    const isFirstPass = attempts.passStart === 0;
    if (isFirstPass && this.#view.hasUntried(true)) return 0;
    if (attempts.laterTries >= retry.maxLaterTries || !retry.laterOn.has(outcome)) return NO_RETRY;
    if (this.#roster.candidates === 0 || !this.#grants.ask(attempts, this.#live)) return NO_RETRY;
    if (!this.#view.hasUntried(false)) attempts.passStart = attempts.tried.length;
    return Math.max(Number.MIN_VALUE, backOffMs(retry, attempts.laterTries++, random));
  }

  /** Counts a request for which there is nothing left to try. */
  abandonRetry(): void {
    this.totals.exhausted++;
  }

  /**
   * A request is over: answered, failed, or its client has left, be it in the queue or between two tries. Its tries
   * must have ended. Calling it again does nothing.
   */
  release(attempts: Attempts, nowMs: number): void {
    if (attempts.state === 'running' && attempts.tried.length === 0) this.#expected--;
    this.#admission.leave(attempts, nowMs);
    this.#grants.giveBack(attempts);
  }

  /** Takes the result of a health check of an instance. */
  check(slot: number, isGood: boolean, nowMs: number): void {
    this.#overseer.check(slot, isGood, nowMs);
  }

  /** What is due: who sat out comes back, success rates and latencies are compared. {@link begin} calls it as well. */
  tick(nowMs: number): void {
    if (nowMs < this.#overseer.nextTickMs) return;
    this.#nowMs = nowMs;
    this.#overseer.tick(nowMs);
    const { hedgeQuantile } = this.#options;
    if (hedgeQuantile > 0 && this.#latencies.count >= MIN_HEDGE_ANSWERS) {
      this.#hedgeDelayMs = this.#latencies.quantileMs(hedgeQuantile);
    }
  }

  /**
   * Makes the members those that are listed, known by their names. Who stays keeps its state; tries on those that leave
   * end as usual.
   *
   * @throws RangeError for a name listed twice, or a weight that is not above 0.
   */
  setMembers(specs: readonly MemberSpec[], nowMs: number): MembershipChange {
    return this.#overseer.setMembers(specs, nowMs);
  }

  /** No new tries go there; those under way end. @throws RangeError for an unknown name. */
  drain(name: string, nowMs: number): void {
    this.#overseer.drain(name, nowMs);
  }

  /** Takes tries again, with slow start. @throws RangeError for an unknown name. */
  undrain(name: string, nowMs: number): void {
    this.#overseer.undrain(name, nowMs);
  }

  /** @param weight - Above 0. @throws RangeError for another, and for an unknown name. */
  setWeight(name: string, weight: number): void {
    this.#overseer.setWeight(name, weight);
  }

  /** Picks by another strategy from now on. All counts stay. */
  setStrategy(strategy: Strategy): void {
    this.#strategy = strategy;
  }

  /** With no instance to pick, a request is admitted, to fail at once rather than wait for nothing. */
  get #hasRoom(): boolean {
    return this.#roster.room > this.#expected || !this.#roster.hasPickable;
  }

  /** What the retry budget is a part of. */
  get #live(): number {
    return this.#inFlight + this.#admission.pending;
  }

  #pickFallback(nowMs: number, random: number): number {
    const view = this.#view;
    if (view.minRank > RANK.spare) {
      view.minRank = RANK.spare;
      const slot = this.#strategy.pick(view, nowMs, random);
      if (slot !== -1) this.totals.sparePicks++;
      if (slot !== -1) return slot;
    }
    return view.hasUntried(false) ? OVERFLOW : NO_ENDPOINT;
  }

  #count(attempts: Attempts, slot: number, nowMs: number): void {
    const member = this.#roster.at(slot);
    if (attempts.tried.length > 0) this.totals.retries++;
    else {
      this.totals.clientRequests++;
      if (attempts.state === 'running') this.#expected--;
    }
    this.#grants.begin(attempts);
    if (this.#roster.isPanic) this.totals.panicPicks++;
    attempts.tried.push(slot);
    attempts.startedMs.push(nowMs);
    this.#inFlight++;
    member.counts.requests++;
    this.#roster.took(member);
  }
}
