import { type ClientHttp2Session, type ClientHttp2Stream, constants } from 'node:http2';
import type { RawHeaders } from '../http/headers.js';
import type { Carrier, Exchange } from '../wire/exchange.js';
import { CHUNKED } from '../wire/response-head.js';
import { splitResponse, streamFields } from './fields.js';

/** What a stream tells the session that it is on. */
export interface StreamOwner {
  /** @param error - Why the exchange has failed; undefined if it has ended well. */
  onStreamOver(exchange: Exchange, error: Error | undefined, hasBegun: boolean): void;
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
export class InstanceStream implements Carrier {
  readonly #exchange: Exchange;
  readonly #owner: StreamOwner;
  readonly #stream: ClientHttp2Stream;
  #trailers: RawHeaders = [];
  #hasBegun = false;
  #isOver = false;
  #error: Error | undefined;

  /** Sends the exchange's request. */
  constructor(session: ClientHttp2Session, exchange: Exchange, owner: StreamOwner) {
    this.#exchange = exchange;
    this.#owner = owner;
    const { request } = exchange;
    const body = request.body();
    exchange.carrier = this;
    exchange.wasSent = true;
    this.#stream = session.request(streamFields(request), { endStream: body === null });
    this.#listen();
    if (exchange.isPaused) this.#stream.pause();
    if (body === null) exchange.sentAtMs = performance.now();
    else if (body instanceof Uint8Array) this.#writeWhole(body);
    else void this.#writeAll(body).catch((error: Error) => this.abort(exchange, error));
  }

  /** Ends it from this side: the instance is told that nobody waits for an answer any more. */
  abort(_exchange: Exchange, error: Error): void {
    if (this.#isOver) return;
    this.#stream.close(constants.NGHTTP2_CANCEL);
    this.#over(error);
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  #listen(): void {
    const { observer } = this.#exchange;
    const stream = this.#stream;
    stream.on('response', (_headers: unknown, _flags: number, raw: string[]) => {
      this.#hasBegun = true;
      const { status, headers } = splitResponse(raw);
      if (!this.#isOver) observer.onHead({ status, headers, bodyBytes: CHUNKED, keepsAlive: true });
    });
    stream.on('trailers', (_headers: unknown, _flags: number, raw: string[]) => {
      this.#trailers = raw;
    });
    stream.on('data', (chunk: Buffer) => {
      if (!this.#isOver) observer.onData(chunk);
    });
    // A reset ends what can be read before it is told of. Trailers come with nothing but the end.
    stream.on('end', () => (this.#trailers.length > 0 ? this.#ended() : setImmediate(() => this.#ended())));
    stream.on('error', (error: Error) => {
      this.#error = error;
    });
    stream.on('close', () => {
      // Every stream closes in the end; an error made each time would cost more than the rest.
      if (this.#isOver) return;
      const { rstCode } = stream;
      const isReset = rstCode !== constants.NGHTTP2_NO_ERROR && rstCode !== undefined;
      if (!isReset && stream.readableEnded) this.#ended();
      this.#over(isReset ? new StreamReset(rstCode) : (this.#error ?? new Error('the stream has ended early')));
    });
  }

  /** What ends before it has begun is no answer. */
  #ended(): void {
    const { rstCode } = this.#stream;
    if (this.#isOver || !this.#hasBegun || (rstCode ?? 0) !== constants.NGHTTP2_NO_ERROR) return;
    // The rest of a request that was answered early is not wanted.
    if (!this.#stream.writableEnded) this.#stream.close(constants.NGHTTP2_NO_ERROR);
    this.#over(undefined);
  }

  #over(error: Error | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#owner.onStreamOver(this.#exchange, error, this.#hasBegun);
    if (error === undefined) this.#exchange.end(this.#trailers);
  }

  #writeWhole(body: Uint8Array): void {
    this.#stream.end(body);
    this.#exchange.sentAtMs = performance.now();
  }

  async #writeAll(body: AsyncIterable<readonly Uint8Array[]>): Promise<void> {
    const stream = this.#stream;
    for await (const batch of body) {
      if (this.#isOver) return;
      let hasRoom = true;
      for (const piece of batch) hasRoom = stream.write(piece);
      if (!hasRoom) await drained(stream);
      if (this.#isOver) return;
    }
    stream.end();
    this.#exchange.sentAtMs = performance.now();
  }
}

/** Settles when more can be written, or never can. */
function drained(stream: ClientHttp2Stream): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      stream.off('drain', settle);
      stream.off('close', settle);
      resolve();
    };
    if (stream.destroyed) resolve();
    else stream.on('drain', settle).on('close', settle);
  });
}
