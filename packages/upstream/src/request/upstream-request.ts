import { FlotillaError } from '@flotilla/contracts';
import { callBack, type FaultTaker } from '@flotilla/http-server';
import type { TicketState } from '../core/admission.js';
import { Attempts, type Cluster, NO_RETRY, OVERFLOW } from '../core/cluster.js';
import { type Exhaustion, isFailure, type Outcome, summarise } from '../core/outcome.js';
import type { WireRequest } from '../http1/exchange.js';
import type { RawHeaders } from '../http1/headers.js';
import type { Answer } from './answer.js';
import { Attempt, type TryObserver } from './attempt.js';
import type { Body } from './body.js';
import { Progress, type ProgressLimits } from './progress.js';
import { type Sweepable, UNWATCHED } from './timeout-sweeper.js';

/** What a call needs of the group of instances that it is made to. */
export interface UpstreamRequestTarget {
  readonly cluster: Cluster;
  readonly limits: ProgressLimits & { readonly maxHeldResponseBytes: number };
  /** Lets a call in, lets it wait, or refuses it. One that waits is told by {@link UpstreamRequest.admitted}. */
  admit(call: UpstreamRequest): TicketState;
  /** A call has started, and is checked for time-outs from now on; or is over. */
  onCallStarted(call: UpstreamRequest): void;
  over(call: UpstreamRequest): void;
  send(current: Attempt): void;
  onTryEnd(current: Attempt, outcome: Outcome, latencyMs: number | undefined): void;
}

/** The head of a request that is sent to an instance, and what is known of it. */
export interface UpstreamRequestOptions {
  readonly method: 'GET' | 'POST';
  /** How it is carried; `http/1.1` if it is not said. */
  readonly protocol?: WireRequest['protocol'];
  /** Of a remote procedure call whose status is not that of HTTP. */
  readonly rpc?: WireRequest['rpc'];
  /** Path and query. */
  readonly path: string;
  /** When its time is up, in ms of `performance.now()`. */
  readonly deadlineMs: number;
  /** Whether it does no harm if an instance sees it twice. */
  readonly isIdempotent: boolean;
  /** What requests are kept together by where the strategy is `consistent_hash`: an unsigned 32-bit number, or -1. */
  readonly hash: number;
  /** Told of what is thrown while it is answered, by whatever that is called. */
  readonly faults: FaultTaker;
  /**
   * Made for each try, since some of it may only be known once the body is.
   *
   * @param remainingMs - What is left of the request's time.
   */
  headers(remainingMs: number): RawHeaders;
}

/** One try, for people: in a problem response and in the log. */
export interface TryRecord {
  readonly instance: string;
  readonly outcome: Outcome;
}

/** How a call came out: answered, every try failed, not admitted, or with no client left to answer. */
export type CallResult =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'exhausted'; readonly exhaustion: Exhaustion }
  | { readonly kind: 'refused'; readonly retryAfterSeconds: number }
  | { readonly kind: 'cancelled'; readonly reason: Error };

/** A deadline that is nearer is kept to the millisecond; one that is not, to a quarter of a second. */
const EXACT_DEADLINE_MS = 2_000;

/** One request to a group of instances: it tries one after the other until one answers. */
export class UpstreamRequest implements TryObserver, Sweepable {
  /** Its place in the group's queue, and its tries. */
  readonly attempts: UpstreamRequestAttempts;
  watchIndex = UNWATCHED;
  readonly #target: UpstreamRequestTarget;
  readonly #request: UpstreamRequestOptions;
  readonly #body: Body;
  readonly #wireRequest: WireRequest;
  readonly #progress: Progress;
  /** Tries under way: one, or two where the first was slow. */
  readonly #running: Attempt[] = [];
  #resolve: ((result: CallResult) => void) | undefined;
  /** Of a back-off, or of a second try. */
  #timer: NodeJS.Timeout | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #answered: Attempt | undefined;
  #isTimedOut = false;
  #isOver = false;

  constructor(target: UpstreamRequestTarget, request: UpstreamRequestOptions, body: Body) {
    this.#target = target;
    this.#request = request;
    this.#body = body;
    this.attempts = new UpstreamRequestAttempts(this, request.hash);
    this.#progress = new Progress(target.limits, performance.now());
    this.#wireRequest = new CalledRequest(request, body);
  }

  /** The tries so far, in order. One that is under way has no record yet. */
  get tries(): TryRecord[] {
    return this.attempts.outcomes.flatMap((outcome, n) =>
      outcome ? [{ instance: this.#instanceOfTry(n) ?? '', outcome }] : [],
    );
  }

  /** The instance whose answer goes to the client; without an answer, that of the last try. */
  get lastInstance(): string | undefined {
    return this.#instanceOfTry(this.#answered?.nth ?? this.tryCount - 1);
  }

  /** How many tries were started. */
  get tryCount(): number {
    return this.attempts.tried.length;
  }

  /** Sends the request to one instance after the other until one gives an answer, or all have failed. */
  run(): Promise<CallResult> {
    return new Promise((resolve) => {
      this.#resolve = resolve;
      this.#target.onCallStarted(this);
      const remainingMs = this.#request.deadlineMs - performance.now();
      if (remainingMs <= 0) {
        this.#isTimedOut = true;
        // No instance could answer in time, and none is to blame.
        this.#settle(this.#allAttemptsFailed());
        return;
      }
      if (remainingMs < EXACT_DEADLINE_MS) {
        this.#deadline = setTimeout(() => callBack(this, this.#timeOut, undefined), remainingMs);
      }
      this.#body.whenStartable(() => this.#ask());
    });
  }

  /** The client has left, or what it sends is no good: whatever is under way for it ends. */
  cancel(reason: Error): void {
    this.#body.fail(reason);
    for (const each of [...this.#running]) each.abort('cancelled');
    this.#settle({ kind: 'cancelled', reason });
  }

  /** The queue has let it out: it may begin, or its time there was up. */
  admitted(): void {
    if (this.attempts.state === 'running') this.#begin();
    else this.#settle(this.#refusal());
  }

  /** Checks whether its time is up, or one side has made no progress for too long. */
  check(nowMs: number): void {
    if (this.#isOver) return;
    if (nowMs >= this.#request.deadlineMs) {
      this.#timeOut();
      return;
    }
    const current = this.#answered ?? this.#running[0];
    const laggard = this.#progress.check(this.#body, current, nowMs);
    if (laggard === 'client') this.cancel(new FlotillaError('FLT_REQUEST_TIMEOUT'));
    else if (laggard === 'instance') current?.abort('timed_out');
  }

  /**
   * An instance has become unhealthy without a word: a try there moves to another, if there is one, and if all of the
   * request can be sent again.
   *
   * @returns Whether it has moved.
   */
  leave(slot: number): boolean {
    const current = this.#running.find((each) => each.slot === slot);
    if (!current || current === this.#answered || !this.#body.canStart) return false;
    if (!this.#target.cluster.hasUntriedHealthyEndpoint(this.attempts, performance.now())) return false;
    current.abort('timed_out');
    return true;
  }

  /** The request fails, and no instance is to blame: nothing goes on for it, as far as that can still be ended. */
  fault(error: unknown): void {
    const { faults } = this.#request;
    faults.fault(error);
    const reason = error as Error;
    callBack(faults, () => this.cancel(reason), undefined);
    callBack(faults, () => this.#settle({ kind: 'cancelled', reason }), undefined);
  }

  onFault(error: unknown): void {
    this.fault(error);
  }

  onAnswer(current: Attempt): void {
    this.#answered = current;
    clearTimeout(this.#timer);
    for (const each of [...this.#running]) if (each !== current) each.abort('outrun');
    this.#body.stopKeeping();
    this.#resolve?.({ kind: 'answer', answer: current });
    if (current.isOver) this.#complete();
  }

  onEnd(current: Attempt, outcome: Outcome): void {
    this.#running.splice(this.#running.indexOf(current), 1);
    const nowMs = performance.now();
    const latencyMs = current.latencyMs(nowMs);
    const ending = this.#body.failure && outcome !== 'outrun' ? 'cancelled' : outcome;
    this.#target.cluster.endTry(this.attempts, current.nth, ending, nowMs, latencyMs);
    this.#target.onTryEnd(current, ending, latencyMs);
    if (current === this.#answered) this.#complete();
    else if (isFailure(ending) && this.#running.length === 0) this.#nextRetry(current, ending, nowMs);
  }

  #ask(): void {
    if (this.#isOver) return;
    this.attempts.isArriving = !this.#body.isFullyBuffered;
    const state = this.#target.admit(this);
    if (state === 'running') this.#begin();
    else if (state === 'refused') this.#settle(this.#refusal());
  }

  #begin(): void {
    const { cluster } = this.#target;
    if (this.#isOver) return;
    if (!this.#body.canStart) {
      this.#settle(this.#allAttemptsFailed());
      return;
    }
    const slot = cluster.begin(this.attempts, performance.now(), Math.random());
    if (slot >= 0) this.#start(slot);
    else this.#settle(slot === OVERFLOW && this.tryCount === 0 ? this.#refusal() : this.#allAttemptsFailed());
  }

  #start(slot: number): void {
    const { limits, cluster } = this.#target;
    const current = new Attempt(this.tryCount - 1, slot, this.#wireRequest, this, limits.maxHeldResponseBytes);
    this.#running.push(current);
    const delayMs = cluster.hedgeDelayMs;
    if (this.tryCount === 1 && delayMs !== Number.POSITIVE_INFINITY && this.#body.isFullyBuffered) {
      this.#timer = setTimeout(() => callBack(this, this.#hedge, undefined), delayMs);
    }
    this.#target.send(current);
  }

  /** The first try is slow: a second one beside it, and the first answer wins. */
  #hedge(): void {
    if (this.#isOver || this.#answered || this.#running.length !== 1 || !this.#request.isIdempotent) return;
    const slot = this.#target.cluster.beginHedge(this.attempts, performance.now(), Math.random());
    if (slot >= 0) this.#start(slot);
  }

  #nextRetry(current: Attempt, outcome: Outcome, nowMs: number): void {
    if (this.#isOver) return;
    clearTimeout(this.#timer);
    const facts = {
      wasSent: current.exchange.wasSent,
      isIdempotent: this.#request.isIdempotent,
      canReplay: this.#body.canStart,
    };
    const { cluster } = this.#target;
    const delayMs = this.#isTimedOut
      ? NO_RETRY
      : cluster.nextRetry(this.attempts, outcome, facts, nowMs, Math.random());
    if (delayMs === NO_RETRY) this.#settle(this.#allAttemptsFailed());
    else if (delayMs === 0) this.#begin();
    else this.#timer = setTimeout(() => callBack(this, this.#begin, undefined), delayMs);
  }

  #timeOut(): void {
    const current = this.#running[0];
    const isLeftByClient = this.#body.awaitsSource && this.#body.isFromCaller;
    if (isLeftByClient || current?.awaitsClient) {
      this.cancel(new FlotillaError('FLT_REQUEST_TIMEOUT'));
    } else if (current) {
      this.#isTimedOut = true;
      for (const each of [...this.#running]) each.abort('timed_out');
    } else {
      this.#isTimedOut = true;
      this.#settle(this.attempts.state === 'waiting' ? this.#refusal() : this.#allAttemptsFailed());
    }
  }

  #refusal(): CallResult {
    return { kind: 'refused', retryAfterSeconds: this.#target.cluster.retryAfterSeconds };
  }

  #allAttemptsFailed(): CallResult {
    if (this.#body.failure) return { kind: 'cancelled', reason: this.#body.failure };
    this.#target.cluster.abandonRetry();
    return { kind: 'exhausted', exhaustion: this.#isTimedOut ? 'timed_out' : summarise(this.attempts.outcomes) };
  }

  /** There is no answer, and there will be none. */
  #settle(result: CallResult): void {
    if (this.#isOver) return;
    this.#resolve?.(result);
    this.#complete();
  }

  /** Nothing more will be tried, and nothing is under way: what is held is given back. */
  #complete(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#deadline);
    this.#body.release();
    this.#target.over(this);
  }

  #instanceOfTry(n: number): string | undefined {
    const slot = this.attempts.tried[n];
    return slot === undefined ? undefined : this.#target.cluster.nameOf(slot);
  }
}

/** A call's place in the cluster's queue: it links what the queue hands out to its call. */
export class UpstreamRequestAttempts extends Attempts {
  readonly call: UpstreamRequest;

  constructor(call: UpstreamRequest, hash: number) {
    super(hash);
    this.call = call;
  }
}

/** What of a call a connection sends, once for each try. */
class CalledRequest implements WireRequest {
  readonly method: string;
  readonly protocol: WireRequest['protocol'];
  readonly rpc: WireRequest['rpc'];
  readonly path: string;
  readonly contentLength: number | undefined;
  readonly #request: UpstreamRequestOptions;
  readonly #body: Body;

  constructor(request: UpstreamRequestOptions, body: Body) {
    this.method = request.method;
    this.protocol = request.protocol ?? 'http/1.1';
    this.rpc = request.rpc;
    this.path = request.path;
    this.contentLength = body.contentLength;
    this.#request = request;
    this.#body = body;
  }

  headers(): RawHeaders {
    return this.#request.headers(Math.max(0, Math.round(this.#request.deadlineMs - performance.now())));
  }

  prepare(): void {
    this.#body.rewind();
  }

  body() {
    return this.#body.forTry();
  }

  trailers(): RawHeaders {
    return this.#body.trailers;
  }

  isRetryable(): boolean {
    return this.#request.isIdempotent && this.#body.canStart;
  }
}
