import { callBack, type FaultTaker } from '@flotilla/http-server';
import type { RawHeaders } from './headers.js';
import type { ResponseHead } from './response-head.js';

/** What of a request is sent: one piece, a stream of batches of them, or nothing. */
type WireBody = Uint8Array | AsyncIterable<readonly Uint8Array[]> | null;

/** How the answer to a remote procedure call is read. */
export interface RpcAnswer {
  /** Where its status is: in the trailers, in the last part of the body, or translated into that of HTTP. */
  readonly statusIn: 'trailers' | 'body' | 'head';
  /** Whether it is a stream that is handed on as it comes. If not, it is one message, and can be had from another instance. */
  readonly isStream: boolean;
}

/** A request to an instance. */
export interface WireRequest {
  readonly method: string;
  /** How it is carried. */
  readonly protocol: 'http/1.1' | 'h2';
  /** Where the status of a remote procedure call is; undefined for what is none, or has that of HTTP. */
  readonly rpc: RpcAnswer | undefined;
  /** Path and query. */
  readonly path: string;
  /**
   * Header fields, but for those that frame the body. Asked for once a connection is there and the body can begin,
   * since some of it may only be known then.
   */
  headers(): RawHeaders;
  /** The request is going to be sent, be it later: what {@link body} gives from its beginning must stay until then. */
  prepare(): void;
  /** Asked for at the same time, and again if the request is sent again: from the beginning then. */
  body(): WireBody;
  /** Length of a body that is a stream, if its sender has said it; undefined sends it in chunks. */
  readonly contentLength: number | undefined;
  /** Fields after the body, to be asked for at its end. They are only sent if the body is sent in chunks. */
  trailers(): RawHeaders;
  /**
   * Whether it may be sent once more, on a new connection, if the instance closed an old one without a word: it can be
   * sent from its beginning, and does no harm if it was seen twice (RFC 9112, section 9.3.1).
   */
  isRetryable(): boolean;
}

/** What a request's sender is told. One of `onEnd` and `onError` comes last, and nothing after it. */
export interface WireObserver {
  onHead(head: ResponseHead): void;
  /** @param view - Only valid during the call: an implementation that keeps it copies it. */
  onData(view: Buffer): void;
  onEnd(trailers: RawHeaders): void;
  onError(error: Error): void;
  /** Something was thrown on this side while it was told, or while its request was made. It may come at any time. */
  onFault(error: unknown): void;
}

/** What an exchange can be told while it has a connection. */
export interface Carrier {
  abort(exchange: Exchange, error: Error): void;
  pause(): void;
  resume(): void;
}

/** One request and its response. Whatever its sender throws when it is told something is a fault of that exchange alone. */
export class Exchange implements FaultTaker {
  readonly request: WireRequest;
  /** Whether a byte of the request may have left. */
  wasSent = false;
  /** When all of it had been handed to the kernel, in ms; NaN until then. */
  sentAtMs = Number.NaN;
  hasResent = false;
  isOver = false;
  /** The connection, or the pool while it waits for one. */
  carrier: Carrier | undefined;
  isPaused = false;
  readonly #observer: WireObserver;

  constructor(request: WireRequest, observer: WireObserver) {
    this.request = request;
    this.#observer = observer;
  }

  head(head: ResponseHead): void {
    callBack(this, this.#tellHead, head);
  }

  /** @param view - Only valid during the call. */
  data(view: Buffer): void {
    callBack(this, this.#tellData, view);
  }

  /** Ends it from this side: the connection is closed, and `onError` told why. */
  abort(error: Error): void {
    if (!this.isOver) this.carrier?.abort(this, error);
  }

  /** No more is read of the response until {@link resume}. */
  pause(): void {
    this.isPaused = true;
    this.carrier?.pause();
  }

  resume(): void {
    if (!this.isPaused) return;
    this.isPaused = false;
    if (!this.isOver) this.carrier?.resume();
  }

  end(trailers: RawHeaders): void {
    this.isOver = true;
    this.carrier = undefined;
    callBack(this, this.#tellEnd, trailers);
  }

  fail(error: Error): void {
    if (this.isOver) return;
    this.isOver = true;
    this.carrier = undefined;
    callBack(this, this.#tellError, error);
  }

  /** It is going to be sent once more, from its beginning, and not again after that. */
  startAgain(): void {
    this.hasResent = true;
    this.wasSent = false;
    this.sentAtMs = Number.NaN;
  }

  /** It has failed on this side: no instance is to blame, and none is asked again. */
  fault(error: unknown): void {
    this.#observer.onFault(error);
    this.abort(new Error('a fault on this side'));
  }

  #tellHead(head: ResponseHead): void {
    this.#observer.onHead(head);
  }

  #tellData(view: Buffer): void {
    this.#observer.onData(view);
  }

  #tellEnd(trailers: RawHeaders): void {
    this.#observer.onEnd(trailers);
  }

  #tellError(error: Error): void {
    this.#observer.onError(error);
  }
}
