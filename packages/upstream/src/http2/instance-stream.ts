import {
  type ClientConnection,
  errorCode,
  type ResponseHead,
  type ResponseObserver,
  type Stream,
  type StreamEnding,
} from '@flotilla/http2';
import type { Carrier, Exchange } from '../http1/exchange.js';
import { CHUNKED } from '../http1/response-head.js';
import { streamFields } from './fields.js';

/** What a stream tells the session that it is on. */
export interface StreamOwner {
  /** @param error - Why the exchange has failed; undefined if it has ended well. */
  onStreamOver(exchange: Exchange, error: Error | undefined, hasStarted: boolean): void;
}

/** The instance ended a stream by a reset. */
export class StreamReset extends Error {
  readonly code = 'STREAM_RESET';
  /** Of RFC 9113, section 7. */
  readonly reason: number;

  constructor(reason: number) {
    super('the instance has reset the stream');
    this.reason = reason;
  }
}

/** One exchange on a session: a stream of HTTP/2. */
export class InstanceStream implements Carrier, ResponseObserver {
  readonly #exchange: Exchange;
  readonly #owner: StreamOwner;
  /** Undefined: its request could not be made. */
  #stream: Stream | undefined;
  #hasStarted = false;
  #isOver = false;
  #wakeWriter: (() => void) | undefined;

  constructor(exchange: Exchange, owner: StreamOwner) {
    this.#exchange = exchange;
    this.#owner = owner;
    exchange.carrier = this;
  }

  /** Sends the exchange's request. */
  send(connection: ClientConnection): void {
    const exchange = this.#exchange;
    const { request } = exchange;
    const body = request.body();
    exchange.wasSent = true;
    const stream = connection.request(streamFields(request), body === null, this);
    this.#stream = stream;
    if (exchange.isPaused) stream.pause();
    if (body === null) exchange.sentAtMs = performance.now();
    else if (body instanceof Uint8Array) this.#writeWhole(stream, body);
    else void this.#writeAll(stream, body).catch((error: unknown) => this.#broken(error));
  }

  /** Ends it from this side: the instance is told that its answer is no longer wanted. */
  abort(_exchange: Exchange, error: Error): void {
    if (this.#isOver) return;
    this.#over(error, () => this.#stream?.reset(errorCode.cancel));
  }

  pause(): void {
    this.#stream?.pause();
  }

  resume(): void {
    this.#stream?.resume();
  }

  onHead({ status, fields }: ResponseHead): void {
    this.#hasStarted = true;
    if (this.#isOver) return;
    this.#exchange.head({ status, headers: [...fields], bodyBytes: CHUNKED, keepsAlive: true });
  }

  onData(view: Buffer): void {
    if (!this.#isOver) this.#exchange.data(view);
  }

  onEnd(trailers: readonly string[]): void {
    if (this.#isOver) return;
    // The rest of a request that was answered early is not wanted.
    this.#over(undefined, () => {
      if (!this.#stream?.isLocalEnded) this.#stream?.reset(errorCode.noError);
    });
    this.#exchange.end([...trailers]);
  }

  onWritable(): void {
    this.#wakeWriter?.();
  }

  onClosed(ending: StreamEnding, code: number): void {
    this.#wakeWriter?.();
    // What has come whole is still handed over.
    if (this.#isOver || this.#stream?.isRemoteEnded) return;
    this.#over(ending === 'reset' ? new StreamReset(code) : new Error('the connection was closed'));
  }

  onFault(error: unknown): void {
    this.#exchange.fault(error);
  }

  #over(error: Error | undefined, last?: () => void): void {
    this.#isOver = true;
    last?.();
    this.#owner.onStreamOver(this.#exchange, error, this.#hasStarted);
  }

  /** What makes the request has broken off. */
  #broken(error: unknown): void {
    if (!this.#isOver) this.#exchange.fault(error);
  }

  #writeWhole(stream: Stream, body: Uint8Array): void {
    stream.end(asBuffer(body));
    this.#exchange.sentAtMs = performance.now();
  }

  async #writeAll(stream: Stream, body: AsyncIterable<readonly Uint8Array[]>): Promise<void> {
    for await (const batch of body) {
      if (this.#isOver || stream.isClosed) return;
      let hasRoom = true;
      for (const chunk of batch) hasRoom = stream.write(asBuffer(chunk));
      if (!hasRoom) await this.#room();
    }
    if (this.#isOver || stream.isClosed) return;
    stream.end();
    this.#exchange.sentAtMs = performance.now();
  }

  /** Settles when more can be written, or never can. */
  #room(): Promise<void> {
    return new Promise((resolve) => {
      this.#wakeWriter = resolve;
    });
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
