import { FlotillaError } from '@flotilla/contracts';
import type { Dispatcher } from 'undici';
import { Attempts, type Group } from '../core/group.js';
import { type Exhaustion, isFailure, type Outcome, summarise } from '../core/outcome.js';
import type { Answer } from './answer.js';
import type { Body } from './body.js';
import type { RawHeaders } from './headers.js';
import { Try } from './try.js';

/** What a call needs of the group of instances that it is made to. */
export interface CallTarget {
  readonly group: Group;
  readonly limits: {
    readonly requestTimeoutMs: number;
    readonly tryTimeoutMs: number;
    readonly maxHeldResponseBytes: number;
  };
  /** What an instance is called. */
  nameOf(index: number): string;
  dispatch(index: number, options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void;
  onTryEnd(instance: string, outcome: Outcome): void;
}

/** The head of a request that is sent to an instance. */
export interface CallRequest {
  readonly method: 'GET' | 'POST';
  /** Path and query. */
  readonly path: string;
  /** Made for each try, since some of it may only be known once the body is. */
  headers(): RawHeaders;
}

/** One try, for people: in a problem response and in the log. */
export interface TryRecord {
  readonly instance: string;
  readonly outcome: Outcome;
}

/** How a call came out: with an answer for the client, with every try failed, or with nobody left to answer. */
export type CallResult =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'exhausted'; readonly exhaustion: Exhaustion }
  | { readonly kind: 'cancelled'; readonly reason: Error };

/** One request to a group of instances: it tries one after the other until one answers. */
export class Call {
  readonly #target: CallTarget;
  readonly #request: CallRequest;
  readonly #body: Body;
  readonly #attempts = new Attempts();
  #try: Try | undefined;
  #deadline: NodeJS.Timeout | undefined;
  #tryTimer: NodeJS.Timeout | undefined;
  #isAnswered = false;
  #isTimedOut = false;

  constructor(target: CallTarget, request: CallRequest, body: Body) {
    this.#target = target;
    this.#request = request;
    this.#body = body;
  }

  /** The tries so far, in order. One that is under way has no record yet. */
  get tries(): TryRecord[] {
    return this.#attempts.outcomes.map((outcome, n) => ({ instance: this.#instanceOfTry(n), outcome }));
  }

  /** The instance of the try that was begun last: the one whose answer goes to the client. */
  get lastInstance(): string | undefined {
    const { length } = this.#attempts.tried;
    return length === 0 ? undefined : this.#instanceOfTry(length - 1);
  }

  /** How many tries were begun. */
  get tryCount(): number {
    return this.#attempts.tried.length;
  }

  /** Sends the request to one instance after the other until one gives an answer, or all have failed. */
  async run(): Promise<CallResult> {
    this.#deadline = setTimeout(() => this.#timeOut(), this.#target.limits.requestTimeoutMs);
    await this.#body.startable();
    while (!this.#isTimedOut && this.#body.canStart) {
      const index = this.#target.group.begin(this.#attempts, performance.now(), Math.random());
      if (index === -1) break;
      const answer = await this.#tryOn(index);
      if (answer) return { kind: 'answer', answer };
    }
    this.#settle();
    return this.#withoutAnswer();
  }

  /** The client has left, or what it sends is no good: whatever is under way for it ends. */
  cancel(reason: Error): void {
    this.#body.fail(reason);
    this.#try?.abort('cancelled');
    this.#settle();
  }

  #tryOn(index: number): Promise<Answer | undefined> {
    return new Promise((resolve) => {
      const current = new Try(
        {
          onAnswer: (answer) => {
            this.#isAnswered = true;
            clearTimeout(this.#tryTimer);
            this.#body.stopKeeping();
            resolve(answer);
          },
          onEnd: (outcome) => {
            this.#endTry(index, this.#body.failure ? 'cancelled' : outcome);
            if (isFailure(outcome) || outcome === 'cancelled') resolve(undefined);
          },
        },
        this.#target.limits.maxHeldResponseBytes,
      );
      this.#try = current;
      this.#startTryTimer(current);
      const { method, path } = this.#request;
      const headers = this.#request.headers();
      const body = this.#body.forTry() as Uint8Array | null;
      this.#target.dispatch(index, { method, path, headers, body }, current);
    });
  }

  #endTry(index: number, outcome: Outcome): void {
    clearTimeout(this.#tryTimer);
    this.#target.group.end(this.#attempts, outcome, performance.now());
    this.#target.onTryEnd(this.#target.nameOf(index), outcome);
    if (this.#isAnswered || !isFailure(outcome)) this.#settle();
  }

  /**
   * A try's time runs from when the instance has taken all of the body, or last took some of what there was: a slow
   * client is not its fault.
   */
  #startTryTimer(current: Try): void {
    const body = this.#body;
    const { readBytes } = body;
    this.#tryTimer = setTimeout(() => {
      if (body.isFullyRead || (!body.awaitsSource && body.readBytes === readBytes)) current.abort('timed_out');
      else this.#startTryTimer(current);
    }, this.#target.limits.tryTimeoutMs);
  }

  #timeOut(): void {
    if (!this.#try || this.#body.awaitsSource || this.#try.awaitsClient) {
      this.cancel(new FlotillaError('FLT_REQUEST_TIMEOUT'));
      return;
    }
    this.#isTimedOut = true;
    this.#try.abort('timed_out');
  }

  /** Nothing more will be tried: time stops, and what the body and the answer hold is given back. */
  #settle(): void {
    this.#try = undefined;
    clearTimeout(this.#deadline);
    clearTimeout(this.#tryTimer);
    this.#body.release();
  }

  #withoutAnswer(): CallResult {
    if (this.#body.failure) return { kind: 'cancelled', reason: this.#body.failure };
    this.#target.group.giveUp();
    return { kind: 'exhausted', exhaustion: this.#isTimedOut ? 'timed_out' : summarise(this.#attempts.outcomes) };
  }

  #instanceOfTry(n: number): string {
    const index = this.#attempts.tried[n];
    return index === undefined ? '' : this.#target.nameOf(index);
  }
}
