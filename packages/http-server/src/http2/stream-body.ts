import { FlotillaError } from '@flotilla/contracts';
import { compactCopy, type Stream } from '@flotilla/http2';
import { endInto, failInto } from '../message/boundary.js';
import type { BodyLimit, BodySink, FaultTaker, RawFields, Receiving } from '../message/exchange.js';
import { TURN_BYTES, tooLarge } from '../message/receive.js';

const NO_TRAILERS: RawFields = [];

/** A request's body that arrives on a stream of HTTP/2. It is handed over as `receive` does that of a connection. */
export class StreamBody implements Receiving {
  readonly #stream: Stream;
  readonly #limit: BodyLimit;
  readonly #sink: BodySink;
  readonly #taker: FaultTaker;
  #receivedBytes = 0;
  #turnBytes = 0;
  #isDone = false;
  #isSinkFull = false;
  #isTurnOver = false;

  /** @param taker - Told what the sink throws where it is told of a failure. */
  constructor(stream: Stream, limit: BodyLimit, sink: BodySink, taker: FaultTaker) {
    this.#stream = stream;
    this.#limit = limit;
    this.#sink = sink;
    this.#taker = taker;
  }

  /** What waits is handed over as soon as the caller returns: it need not be ready for it before. */
  resume(): void {
    this.#isSinkFull = false;
    queueMicrotask(() => this.#goOn());
  }

  data(view: Buffer): void {
    // What still comes is dropped.
    if (this.#isDone) return;
    this.#receivedBytes += view.length;
    if (this.#receivedBytes > this.#limit.maxBytes) {
      this.fail(tooLarge(this.#limit));
      return;
    }
    try {
      this.#isSinkFull = !this.#sink.chunk(compactCopy(view));
    } catch (error) {
      this.fail(error as Error);
      return;
    }
    this.#turnBytes += view.length;
    if (this.#turnBytes >= TURN_BYTES) this.#endTurn();
    if (this.#isSinkFull || this.#isTurnOver) this.#stream.pause();
  }

  /** None of the requests here has a use for trailers, and a recipient may let them be (RFC 9110, section 6.5). */
  end(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    endInto(this.#sink, NO_TRAILERS, this.#taker);
  }

  /** The client has stopped before the end. */
  breakOff(): void {
    if (!this.#isDone) this.fail(new FlotillaError('FLT_BODY_INCOMPLETE'));
  }

  fail(error: Error): void {
    this.#isDone = true;
    failInto(this.#sink, error, this.#taker);
  }

  #endTurn(): void {
    if (this.#isTurnOver) return;
    this.#isTurnOver = true;
    setImmediate(() => {
      this.#turnBytes = 0;
      this.#isTurnOver = false;
      this.#goOn();
    });
  }

  #goOn(): void {
    if (!this.#isSinkFull && !this.#isTurnOver) this.#stream.resume();
  }
}
