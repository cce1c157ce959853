import type { Socket } from 'node:net';
import { errorCode, heldBytes, ServerConnection, type ServerLimits } from '@flotilla/http2';
import { describeError } from '@flotilla/process';
import type { Logger } from 'pino';
import { callBack } from '../message/boundary.js';
import { Http2Exchange } from './http2-exchange.js';

/** What becomes of a process's connections of HTTP/2. */
export interface Http2ServerOptions {
  /** All fields of a request together, in bytes, and how many there may be. */
  readonly maxHeaderBytes: number;
  readonly maxHeaders: number;
  /** Frames that the fields of a request may come in. */
  readonly maxFieldPieces: number;
  /** Requests under way on one connection. */
  readonly maxStreams: number;
  /** How long a connection is kept on which nothing happens. */
  readonly keepAliveMs: number;
  /** How long a request may take, from its first byte to the end of its answer. */
  readonly requestTimeoutMs: number;
  readonly logger: Logger;
  answer(exchange: Http2Exchange): void;
}

/**
 * What a client may send ahead of its reader, in bytes, on one stream and on all of a connection. What has come counts as
 * taken from the connection at once, so that the first bounds what a connection holds: streams times this.
 */
const STREAM_WINDOW_BYTES = 128 * 1024;
const CONNECTION_WINDOW_BYTES = 1024 * 1024;
/** Larger frames than the 16 KiB of the RFC cost less each byte; clients that do not look at the setting stay below. */
const MAX_FRAME_BYTES = 64 * 1024;
/** Beyond it a connection takes no new streams: what waits to be written, since its client does not read. */
const MAX_QUEUED_BYTES = 64 * 1024 * 1024;
/**
 * Streams that may end by a reset at once, and how many more a second (rapid reset, CVE-2023-44487). More than
 * nghttp2's 33 a second: a balancer brings the clients that leave, of all of them, on one connection.
 */
const RESETS = { burst: 1000, perSecond: 500 };
/** Time beyond a request's own in which its handler may end it with an answer. */
const LATE_MS = 5_000;
const CHECK_INTERVAL_MS = 1_000;
/** How long a stream may hold what it has sent, where the process holds all that it may. */
const IN_THE_WAY_MS = 5_000;
/** If more than these have come in one turn of the event loop, another turn costs each of them little. */
const FEW_REQUESTS = 8;

/** The connections of a server that speak HTTP/2. */
export class Http2Server {
  readonly #options: Http2ServerOptions;
  readonly #limits: ServerLimits;
  readonly #connections = new Set<ServerConnection>();
  /** No `Set`: what comes and goes in one is carried into the old generation with it (`Watch` of the balancer). */
  readonly #exchanges: Http2Exchange[] = [];
  /** Those that came in this turn of the event loop. */
  #beginning: Http2Exchange[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor(options: Http2ServerOptions) {
    this.#options = options;
    this.#limits = {
      windowBytes: STREAM_WINDOW_BYTES,
      connectionWindowBytes: CONNECTION_WINDOW_BYTES,
      maxFrameBytes: MAX_FRAME_BYTES,
      maxStreams: options.maxStreams,
      maxListBytes: options.maxHeaderBytes,
      maxFieldPieces: options.maxFieldPieces,
      maxQueuedBytes: MAX_QUEUED_BYTES,
      refusesPush: false,
      resets: RESETS,
    };
    this.#timer = setInterval(() => this.#look(), CHECK_INTERVAL_MS).unref();
  }

  /** Takes a connection over whose client has sent the preface. @param first - What has come. */
  accept(socket: Socket, first: Buffer): void {
    const { remoteAddress } = socket;
    const connection: ServerConnection = new ServerConnection(socket, first, this.#limits, {
      onRequest: (request) => this.#onRequest(new Http2Exchange(request, remoteAddress)),
      onClosed: (closed) => this.#connections.delete(closed),
      onFault: (error) => this.#options.logger.error({ error: describeError(error) }, 'unexpected error'),
    });
    if (!connection.isClosed) this.#connections.add(connection);
  }

  /**
   * Clients are told to begin nothing more on the connections that there are, and which of their streams is the last that
   * is answered (RFC 9113, section 6.8); what has started goes on. Connections that come later are taken as ever, so that
   * clients that still open connections are served. Called when the process is about to end, and when its listener closes.
   */
  close(): void {
    for (const connection of this.#connections) connection.close();
  }

  /** Looks after nothing any more. */
  stop(): void {
    clearInterval(this.#timer);
    this.close();
  }

  #onRequest(exchange: Http2Exchange): void {
    exchange.index = this.#exchanges.push(exchange) - 1;
    exchange.onClose(() => this.#forget(exchange));
    if (this.#beginning.push(exchange) === 1) setImmediate(() => this.#answerAll());
  }

  /**
   * Once all that had arrived is read: a process that is behind finds requests side by side with their resets, and has no
   * work with them. The end of a connection is read a turn after what came before it.
   */
  #answerAll(): void {
    const exchanges = this.#beginning;
    this.#beginning = [];
    if (exchanges.length > FEW_REQUESTS) setImmediate(() => this.#answer(exchanges));
    else this.#answer(exchanges);
  }

  #answer(exchanges: readonly Http2Exchange[]): void {
    for (const exchange of exchanges) if (!exchange.isGone) callBack(exchange, this.#options.answer, exchange);
  }

  #look(): void {
    this.#closeIdle();
    this.#closeLate();
    if (heldBytes.isFull) this.#endHeld();
  }

  #closeIdle(): void {
    const sinceMs = performance.now() - this.#options.keepAliveMs;
    for (const connection of this.#connections) connection.closeIfIdle(sinceMs);
  }

  /** Those whose client neither sends nor reads, and that no other timer watches. */
  #closeLate(): void {
    const oldest = performance.now() - this.#options.requestTimeoutMs - LATE_MS;
    for (const exchange of [...this.#exchanges]) {
      if (exchange.startedMs <= oldest) exchange.abort(errorCode.cancel);
    }
  }

  /** What holds memory that others wait for, and does not move, is in their way. */
  #endHeld(): void {
    const nowMs = performance.now();
    for (const exchange of [...this.#exchanges]) {
      const { heldBytes: held, takenBytes, seenBytes, seenMs } = exchange;
      if (held === 0 || takenBytes !== seenBytes) {
        exchange.seenBytes = takenBytes;
        exchange.seenMs = nowMs;
      } else if (nowMs - seenMs >= IN_THE_WAY_MS) {
        exchange.abort(errorCode.enhanceYourCalm);
      }
    }
  }

  #forget({ index }: Http2Exchange): void {
    const last = this.#exchanges.pop();
    if (!last || last.index === index) return;
    last.index = index;
    this.#exchanges[index] = last;
  }
}
