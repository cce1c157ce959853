import { header } from '@flotilla/contracts';
import { isFailure, type Outcome, outcomeOfConnectStatus, outcomeOfStatus } from '../core/outcome.js';
import { Exchange, type WireObserver, type WireRequest } from '../http1/exchange.js';
import { field, type RawHeaders } from '../http1/headers.js';
import type { ResponseHead } from '../http1/response-head.js';
import type { Answer, AnswerSink } from './answer.js';
import { outcomeOfError } from './connection-errors.js';
import { outcomeOfFields, statusFields } from './rpc-status.js';

/** What one try tells the call that it is part of. */
export interface TryObserver {
  /** The answer goes to the client: all of it is here, or more than is held back. */
  onAnswer(answer: Attempt): void;
  /** The try is over. Before an answer: it failed, or was cancelled. After one: the answer's end, or its breaking off. */
  onEnd(current: Attempt, outcome: Outcome): void;
  /** Something was thrown on this side. */
  onFault(error: unknown): void;
}

/**
 * One try on one instance. It holds the answer back up to a limit, so that one that breaks off early can still be had
 * from another instance.
 */
export class Attempt implements WireObserver, Answer {
  /** Which of the call's tries it is, from 0, and on which instance. */
  readonly nth: number;
  readonly slot: number;
  readonly exchange: Exchange;
  status = 0;
  headers: RawHeaders = [];
  trailers: RawHeaders = [];
  readonly held: string[] = [];
  isWhole = false;
  isOver = false;
  /** Bytes of the answer so far: what its progress is told by. */
  receivedBytes = 0;
  readonly #observer: TryObserver;
  readonly #maxHeldBytes: number;
  #answeredAtMs = Number.NaN;
  #sink: AnswerSink | undefined;
  #isAnswered = false;
  /** Whether the answer has come to its end. */
  #isComplete = false;
  /** Set by {@link abort}: what the try ends as, whatever error the abort brings about. */
  #abortedAs: Outcome | undefined;

  constructor(nth: number, slot: number, request: WireRequest, observer: TryObserver, maxHeldBytes: number) {
    this.nth = nth;
    this.slot = slot;
    this.exchange = new Exchange(request, this);
    this.#observer = observer;
    this.#maxHeldBytes = maxHeldBytes;
  }

  /** Whether the rest of the answer waits until the client has taken what it has been given. */
  get awaitsClient(): boolean {
    return this.exchange.isPaused;
  }

  /** Whether the answer's head has come. */
  get hasStarted(): boolean {
    return this.status !== 0;
  }

  /**
   * How long the instance took from when all of the request had been sent: until the answer was whole, or of a long
   * one, until it began. Undefined if it answered before.
   */
  latencyMs(nowMs: number): number | undefined {
    const untilMs = this.#isAnswered && !this.isWhole ? this.#answeredAtMs : nowMs;
    const tookMs = untilMs - this.exchange.sentAtMs;
    return tookMs >= 0 ? tookMs : undefined;
  }

  /** Ends the try from this side. */
  abort(outcome: Outcome): void {
    if (this.isOver) return;
    this.#abortedAs = outcome;
    const error = new Error(outcome);
    this.exchange.abort(error);
    this.#complete(outcome, error);
  }

  /** Takes the rest of an answer that is not whole. */
  stream(sink: AnswerSink): void {
    this.#sink = sink;
    // Its end may have come with what was too much to be held back.
    if (this.#isComplete) sink.end(this.trailers);
    else if (this.isOver) sink.fail(new Error('the answer broke off'));
    this.resume();
  }

  resume(): void {
    this.exchange.resume();
  }

  onHead({ status, headers }: ResponseHead): void {
    if (this.isOver) return;
    this.status = status;
    this.headers = headers;
    const outcome = this.#outcomeOfHead();
    // The next try need not wait for the body of a failure; what comes of it is dropped.
    if (outcome === 'server_error') this.#complete(outcome, new Error(outcome));
    else if (this.exchange.request.rpc?.isStream && field(headers, 'grpc-status') === undefined) this.#answerInPart();
  }

  onData(view: Buffer): void {
    this.receivedBytes += view.length;
    if (this.isOver) {
      // A failure's short body is read to its end, so that the connection can be used again; a long one is cut off.
      if (this.receivedBytes > this.#maxHeldBytes) this.exchange.abort(new Error('the rest of a failed answer'));
    } else if (this.#sink) {
      if (!this.#sink.data(Buffer.from(view))) this.exchange.pause();
    } else {
      this.held.push(view.toString('latin1'));
      if (this.receivedBytes > this.#maxHeldBytes) this.#answerInPart();
    }
  }

  onEnd(trailers: RawHeaders): void {
    if (this.isOver) return;
    this.trailers = trailers;
    const outcome = this.#outcomeOfEnd();
    if (!this.#isAnswered && isFailure(outcome)) {
      this.#complete(outcome, new Error(outcome));
      return;
    }
    this.isOver = true;
    this.#isComplete = true;
    this.isWhole = !this.#isAnswered;
    this.#observer.onEnd(this, outcome);
    if (this.isWhole) this.#observer.onAnswer(this);
    else this.#sink?.end(trailers);
  }

  onError(error: Error): void {
    this.#complete(this.#abortedAs ?? outcomeOfError(error), error);
  }

  onFault(error: unknown): void {
    this.#observer.onFault(error);
  }

  #outcomeOfHead(): Outcome {
    const { status, headers } = this;
    if (status < 500) return 'ok';
    const failedStage = field(headers, header.failedStage);
    const isOfCall = this.exchange.request.rpc?.statusIn === 'head';
    return isOfCall ? outcomeOfConnectStatus(status, failedStage) : outcomeOfStatus(status, failedStage);
  }

  /** Of an answer that is whole as far as HTTP goes. */
  #outcomeOfEnd(): Outcome {
    const { rpc } = this.exchange.request;
    if (this.status >= 500) return this.#outcomeOfHead();
    const isInBody = rpc?.statusIn === 'body';
    // The end of a long answer is not among what was held back of it.
    if (!rpc || rpc.statusIn === 'head' || this.status !== 200 || (isInBody && this.#isAnswered)) return 'ok';
    return outcomeOfFields(statusFields(this, isInBody));
  }

  /** Paused until the rest is read: what has been held back is given first. */
  #answerInPart(): void {
    if (this.#isAnswered) return;
    this.#isAnswered = true;
    this.#answeredAtMs = performance.now();
    this.exchange.pause();
    this.#observer.onAnswer(this);
  }

  #complete(outcome: Outcome, error: Error): void {
    if (this.isOver) return;
    this.isOver = true;
    this.#observer.onEnd(this, outcome);
    this.#sink?.fail(error);
  }
}
