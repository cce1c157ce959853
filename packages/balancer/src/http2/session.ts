import http2, { type ClientHttp2Session, constants } from 'node:http2';
import net from 'node:net';
import { ConnectTimeout, type Endpoint } from '../wire/connection.js';
import type { Exchange } from '../wire/exchange.js';
import { InstanceStream, type StreamOwner, StreamReset } from './instance-stream.js';

/** What a session tells the pool that it is part of. */
export interface SessionOwner {
  /** It can take streams, or more of them. */
  onRoom(session: Session): void;
  onClosed(session: Session, error: Error): void;
  /** An exchange has failed. If `mayResend`, the instance has done nothing with it, or the session was gone before. */
  onFailed(exchange: Exchange, error: Error, mayResend: boolean): void;
}

/** What may come on one stream ahead of its reader, and on all of a session, in bytes. */
const STREAM_WINDOW_BYTES = 256 * 1024;
const SESSION_WINDOW_BYTES = 1024 * 1024;
const MAX_FRAME_BYTES = 64 * 1024;
/** Beyond it a session takes no new streams, in MB. */
const MAX_SESSION_MB = 256;
/** Streams on one session; more sessions are opened beyond it, so that not all depends on one. */
const MAX_STREAMS = 100;

/** One connection of HTTP/2 to an instance. */
export class Session implements StreamOwner {
  /** Since when it has had no streams, in ms. */
  idleSinceMs = performance.now();
  streams = 0;
  isOpen = false;
  readonly #owner: SessionOwner;
  readonly #session: ClientHttp2Session;
  readonly #connectTimer: NodeJS.Timeout;
  /** Whether an answer has come on it: it has led somewhere. */
  #isProven = false;
  /** The instance wants no more streams on it. */
  #isLeaving = false;
  #isClosed = false;

  constructor({ host, port, lookup, connectTimeoutMs }: Endpoint, owner: SessionOwner) {
    this.#owner = owner;
    this.#session = http2.connect(`http://${host.includes(':') ? `[${host}]` : host}:${port}`, {
      createConnection: () => net.connect({ host, port, lookup, noDelay: true, keepAlive: true }),
      maxSessionMemory: MAX_SESSION_MB,
      settings: { enablePush: false, initialWindowSize: STREAM_WINDOW_BYTES, maxFrameSize: MAX_FRAME_BYTES },
    });
    this.#connectTimer = setTimeout(() => this.#close(new ConnectTimeout('no connection in time')), connectTimeoutMs);
    this.#session.on('connect', () => this.#opened());
    this.#session.on('goaway', () => {
      this.#isLeaving = true;
    });
    this.#session.on('error', (error: Error) => this.#close(error));
    this.#session.on('close', () => this.#close(new Error('the session was closed')));
  }

  /** Whether it can take another stream. */
  get hasRoom(): boolean {
    if (!this.isOpen || this.#isLeaving || this.#isClosed || this.#session.closed) return false;
    return this.streams < Math.min(MAX_STREAMS, this.#session.remoteSettings.maxConcurrentStreams ?? MAX_STREAMS);
  }

  /** Sends an exchange's request. There must be room. */
  run(exchange: Exchange): void {
    this.streams++;
    try {
      new InstanceStream(this.#session, exchange, this);
    } catch (error) {
      // Node may know of an end that it has not told of yet.
      this.streams--;
      this.#owner.onFailed(exchange, error as Error, true);
    }
  }

  onStreamOver(exchange: Exchange, error: Error | undefined, hasBegun: boolean): void {
    this.streams--;
    this.idleSinceMs = performance.now();
    if (error === undefined) this.#isProven = true;
    else this.#owner.onFailed(exchange, error, !hasBegun && this.#isUntouched(error));
    if (this.#isLeaving && this.streams === 0) this.#session.close();
    else this.#owner.onRoom(this);
  }

  /** Streams under way end, and nothing more begins. */
  retire(): void {
    this.#isLeaving = true;
    if (this.streams === 0) this.destroy();
  }

  /** Closes it, and fails what is under way on it. */
  destroy(): void {
    this.#session.destroy();
    this.#close(new Error('closed from this side'));
  }

  /** A refused stream was not worked on (RFC 9113, 8.7); one on a session that had been closed was never read. */
  #isUntouched(error: Error): boolean {
    if (error instanceof StreamReset) return error.reason === constants.NGHTTP2_REFUSED_STREAM;
    return this.#isProven && (this.#isClosed || this.#session.closed || this.#session.destroyed);
  }

  #opened(): void {
    clearTimeout(this.#connectTimer);
    if (this.#isClosed) return;
    this.isOpen = true;
    this.#session.setLocalWindowSize(SESSION_WINDOW_BYTES);
    this.#owner.onRoom(this);
  }

  #close(error: Error): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#connectTimer);
    this.#session.destroy();
    this.#owner.onClosed(this, error);
  }
}
