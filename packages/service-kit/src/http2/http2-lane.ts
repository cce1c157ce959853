import http2, { constants, type Http2Server, type ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import { Http2Exchange } from './http2-exchange.js';

/** What becomes of a process's connections of HTTP/2. */
export interface Http2LaneOptions {
  /** All fields of a request together, in bytes, and how many there may be. */
  readonly maxHeaderBytes: number;
  readonly maxHeaders: number;
  /** Requests under way on one connection. */
  readonly maxStreams: number;
  /** How long a connection is kept on which nothing happens. */
  readonly keepAliveMs: number;
  /** How long a request may take, from its first byte to the end of its answer. */
  readonly requestTimeoutMs: number;
  answer(exchange: Http2Exchange): void;
}

/**
 * What a client may send ahead of its reader, in bytes, on one stream and on all of a connection. Node counts what it
 * reads as taken from the connection at once, so that the first bounds what a connection holds: streams times this.
 */
const STREAM_WINDOW_BYTES = 128 * 1024;
const CONNECTION_WINDOW_BYTES = 1024 * 1024;
/** Larger frames than the 16 KiB of the RFC cost less each byte; clients that do not look at the setting stay below. */
const MAX_FRAME_BYTES = 64 * 1024;
/** Beyond it a connection takes no new streams, in MB: its streams' windows and what waits to be written. */
const MAX_SESSION_MB = 64;
/** Frames of nonsense, among them empty ones, before a connection is closed (CVE-2019-9518). */
const MAX_INVALID_FRAMES = 100;
/**
 * Streams that a client may begin and reset at once, and how many more a second (rapid reset, CVE-2023-44487). More than
 * nghttp2's 33 a second: a balancer brings the clients that leave, of all of them, on one connection.
 */
const RESET_BURST = 1000;
const RESETS_PER_SECOND = 500;
/** Entries of one SETTINGS frame: the standard has seven. */
const MAX_SETTINGS = 16;
const MAX_OUTSTANDING_PINGS = 4;
/** Time beyond a request's own in which its handler may end it with an answer. */
const LATE_MS = 5_000;
const CHECK_INTERVAL_MS = 1_000;

/** The connections of a server that speak HTTP/2. Node's own implementation carries them. */
export class Http2Lane {
  readonly #server: Http2Server;
  readonly #options: Http2LaneOptions;
  readonly #sessions = new Set<ServerHttp2Session>();
  /** No `Set`: what comes and goes in one is carried into the old generation with it (`Watch` of the balancer). */
  readonly #exchanges: Http2Exchange[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor(options: Http2LaneOptions) {
    this.#options = options;
    this.#server = http2.createServer({
      maxSessionMemory: MAX_SESSION_MB,
      maxSettings: MAX_SETTINGS,
      maxOutstandingPings: MAX_OUTSTANDING_PINGS,
      // Pseudo fields and the ones that are refused with an answer have room, too.
      maxHeaderListPairs: 2 * options.maxHeaders,
      maxSessionInvalidFrames: MAX_INVALID_FRAMES,
      streamResetBurst: RESET_BURST,
      streamResetRate: RESETS_PER_SECOND,
      settings: {
        initialWindowSize: STREAM_WINDOW_BYTES,
        maxFrameSize: MAX_FRAME_BYTES,
        maxConcurrentStreams: options.maxStreams,
        maxHeaderListSize: options.maxHeaderBytes,
      },
    });
    this.#server.on('session', (session) => this.#opened(session));
    this.#server.on('sessionError', (_error, session) => session?.destroy());
    this.#server.on('stream', (stream, _headers, _flags, raw) => this.#begun(new Http2Exchange(stream, raw)));
    this.#timer = setInterval(() => this.#closeLate(), CHECK_INTERVAL_MS).unref();
  }

  /** Takes a connection over whose client has begun with the preface; what came is still to be read from it. */
  accept(socket: Socket): void {
    // A client of HTTP/1.1 may end its side and wait for an answer; one of HTTP/2 that does so has left.
    socket.allowHalfOpen = false;
    this.#server.emit('connection', socket);
  }

  /**
   * Clients are told to begin nothing more on the connections that there are, and which of their streams is the last that
   * is answered (RFC 9113, section 6.8); what has begun goes on. Connections that come later are taken as ever, so that
   * whoever has not turned away yet is served. Called when the process is about to end, and when its listener closes.
   */
  close(): void {
    for (const session of this.#sessions) if (!session.closed) session.close();
  }

  /** Looks after nothing any more. */
  stop(): void {
    clearInterval(this.#timer);
    this.close();
  }

  #opened(session: ServerHttp2Session): void {
    this.#sessions.add(session);
    session.once('close', () => this.#sessions.delete(session));
    session.on('error', () => session.destroy());
    session.setLocalWindowSize(CONNECTION_WINDOW_BYTES);
    session.setTimeout(this.#options.keepAliveMs, () => session.close());
  }

  #begun(exchange: Http2Exchange): void {
    exchange.index = this.#exchanges.push(exchange) - 1;
    exchange.onClose(() => this.#forget(exchange));
    this.#options.answer(exchange);
  }

  /** Those whose client neither sends nor reads, and that nobody else watches. */
  #closeLate(): void {
    const oldest = performance.now() - this.#options.requestTimeoutMs - LATE_MS;
    for (const exchange of this.#exchanges) {
      if (exchange.startedMs <= oldest) exchange.abort(constants.NGHTTP2_CANCEL);
    }
  }

  #forget({ index }: Http2Exchange): void {
    const last = this.#exchanges.pop();
    if (!last || last.index === index) return;
    last.index = index;
    this.#exchanges[index] = last;
  }
}
