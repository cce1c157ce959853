import { header } from '@flotilla/contracts';
import type { Dispatcher } from 'undici';
import { type Outcome, outcomeOfStatus } from '../core/outcome.js';
import type { Answer, AnswerSink } from './answer.js';
import { outcomeOfError } from './connection-errors.js';
import { decodeHeaders, field, type RawHeaders } from './headers.js';

/** What one try tells the call that it is part of. */
export interface TryObserver {
  /** The answer goes to the client: all of it is here, or more than is held back. */
  onAnswer(answer: Answer): void;
  /** The try is over. Before an answer: it failed, or was cancelled. After one: the answer's end, or its breaking off. */
  onEnd(outcome: Outcome): void;
}

/**
 * One try on one instance, as a handler of undici's `dispatch`. It holds the answer back up to a limit, so that one
 * that breaks off early can still be had from another instance.
 */
export class Try implements Dispatcher.DispatchHandler, Answer {
  status = 0;
  headers: RawHeaders = [];
  readonly held: Buffer[] = [];
  isWhole = false;
  readonly #observer: TryObserver;
  readonly #maxHeldBytes: number;
  #heldBytes = 0;
  #controller: Dispatcher.DispatchController | undefined;
  #sink: AnswerSink | undefined;
  #isAnswered = false;
  #isOver = false;
  /** Set by {@link abort}: what the try ends as, whatever error the abort brings about. */
  #abortedAs: Outcome | undefined;

  constructor(observer: TryObserver, maxHeldBytes: number) {
    this.#observer = observer;
    this.#maxHeldBytes = maxHeldBytes;
  }

  /** Whether the rest of the answer waits until the client has taken what it has been given. */
  get awaitsClient(): boolean {
    return this.#controller?.paused ?? false;
  }

  /** Ends the try from this side. */
  abort(outcome: Outcome): void {
    if (this.#isOver) return;
    this.#abortedAs = outcome;
    const error = new Error(outcome);
    // A request that waits for a connection has no controller yet; it is aborted as soon as it gets one.
    this.#controller?.abort(error);
    this.#finish(outcome, error);
  }

  /** Takes the rest of an answer that is not whole. */
  stream(sink: AnswerSink): void {
    this.#sink = sink;
    if (this.#isOver) sink.fail(new Error('the answer broke off'));
    this.resume();
  }

  resume(): void {
    this.#controller?.resume();
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#abortedAs) controller.abort(new Error(this.#abortedAs));
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    if (status < 200 || this.#isOver) return;
    this.status = status;
    this.headers = decodeHeaders((controller as unknown as { rawHeaders: Buffer[] }).rawHeaders);
    const outcome = outcomeOfStatus(status, field(this.headers, header.failedStage));
    // The next try need not wait for the body of a failure; what comes of it is dropped.
    if (outcome === 'server_error') this.#finish(outcome, new Error(outcome));
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#isOver) {
      this.#dropRest(controller, chunk);
    } else if (this.#sink) {
      if (!this.#sink.data(chunk)) controller.pause();
    } else {
      this.held.push(chunk);
      this.#heldBytes += chunk.length;
      if (this.#heldBytes > this.#maxHeldBytes) this.#answerInPart(controller);
    }
  }

  onResponseEnd(): void {
    if (this.#isOver) return;
    const outcome = this.status < 500 ? 'ok' : 'failed_further_down';
    if (this.#isAnswered) {
      this.#isOver = true;
      this.#observer.onEnd(outcome);
      this.#sink?.end();
      return;
    }
    this.isWhole = true;
    this.#isOver = true;
    this.#observer.onEnd(outcome);
    this.#observer.onAnswer(this);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#finish(this.#abortedAs ?? outcomeOfError(error), error);
  }

  /** Paused until somebody takes the rest: what has been held back is given first. */
  #answerInPart(controller: Dispatcher.DispatchController): void {
    if (this.#isAnswered) return;
    this.#isAnswered = true;
    controller.pause();
    this.#observer.onAnswer(this);
  }

  #finish(outcome: Outcome, error: Error): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#observer.onEnd(outcome);
    this.#sink?.fail(error);
  }

  /** A failure's short body is read to its end, so that the connection can be used again; a long one is cut off. */
  #dropRest(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#heldBytes += chunk.length;
    if (this.#heldBytes > this.#maxHeldBytes) controller.abort(new Error('the rest of a failed answer'));
  }
}
