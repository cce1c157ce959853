import net, { type Socket } from 'node:net';
import { callBack, type FaultTaker } from '@flotilla/http-server';
import { ClientConnection, type ClientOwner, type ConnectionLimits, errorCode } from '@flotilla/http2';
import { ConnectTimeout, type Endpoint } from '../http1/connection.js';
import type { Exchange } from '../http1/exchange.js';
import { InstanceStream, type StreamOwner, StreamReset } from './instance-stream.js';

/** What a session tells the pool that it is part of. */
export interface SessionOwner {
  /** It can take streams, or more of them. */
  onRoom(session: Session): void;
  onClosed(session: Session, error: Error): void;
  /** An exchange has failed. If `isRetryable`, the instance has done nothing with it, or the session was gone before. */
  onFailed(exchange: Exchange, error: Error, isRetryable: boolean): void;
  /** It ends because of an unexpected error on this side. */
  onFault(error: unknown): void;
}

/** What an instance may send ahead of its readers, in bytes, and how. */
const LIMITS: ConnectionLimits = {
  windowBytes: 256 * 1024,
  connectionWindowBytes: 1024 * 1024,
  maxFrameBytes: 64 * 1024,
  maxStreams: undefined,
  // As for the head of an answer over HTTP/1.1.
  maxListBytes: 64 * 1024,
  maxFieldPieces: 16,
  refusesPush: true,
  // An instance resets what its clients have cancelled; that counts in its health figures, and not here.
  resets: { burst: Number.POSITIVE_INFINITY, perSecond: 0 },
};
/** Streams on one session; more sessions are opened beyond it, so that not all depends on one. */
const MAX_STREAMS = 100;
/** An instance from which nothing has come for so long behind a request may not be there any more. */
const SILENT_MS = 2_000;
/** All sessions read into the same memory: each piece is read, handed over and done with in one go. */
const READ_BUFFER = Buffer.allocUnsafeSlow(64 * 1024);

/** One connection of HTTP/2 to an instance. */
export class Session implements StreamOwner, ClientOwner, FaultTaker {
  /** Since when it has had no streams, in ms. */
  idleSinceMs = performance.now();
  streams = 0;
  isOpen = false;
  readonly #owner: SessionOwner;
  readonly #socket: Socket;
  readonly #connection: ClientConnection;
  readonly #connectTimer: NodeJS.Timeout;
  /** Whether an answer has come on it: it has led somewhere. */
  #isProven = false;
  /** The instance wants no more streams on it. */
  #isLeaving = false;
  #isClosed = false;
  #error: Error | undefined;

  constructor({ host, port, lookup, connectTimeoutMs }: Endpoint, owner: SessionOwner) {
    this.#owner = owner;
    const onread = { buffer: READ_BUFFER, callback: (bytes: number) => this.#read(bytes) };
    this.#socket = net.connect({ host, port, lookup, noDelay: true, keepAlive: true, onread });
    this.#connection = new ClientConnection(this.#socket, LIMITS, this);
    this.#connectTimer = setTimeout(() => this.#abandon(new ConnectTimeout('no connection in time')), connectTimeoutMs);
    this.#socket.on('connect', () => callBack(this, this.#opened, undefined));
    this.#socket.on('error', (error) => this.#abandon(error));
  }

  /** Whether it can take another stream. */
  get hasRoom(): boolean {
    return this.#takesStreams && this.streams < Math.min(MAX_STREAMS, this.#connection.maxStreams);
  }

  /** Whether it can take another stream, or can when one of its streams has ended. */
  get makesRoom(): boolean {
    return this.#takesStreams && (this.streams > 0 || this.hasRoom);
  }

  /** While the connection ends, its streams do one by one, and each asks here. */
  get #takesStreams(): boolean {
    return this.isOpen && !this.#isLeaving && !this.#connection.isClosed;
  }

  /** Sends an exchange's request. There must be room. */
  run(exchange: Exchange): void {
    this.streams++;
    const stream = new InstanceStream(exchange, this);
    callBack(exchange, () => stream.send(this.#connection), undefined);
  }

  onStreamOver(exchange: Exchange, error: Error | undefined, hasStarted: boolean): void {
    this.streams--;
    this.idleSinceMs = performance.now();
    if (error === undefined) this.#isProven = true;
    else this.#failed(exchange, error, hasStarted);
    if (this.#isLeaving && this.streams === 0) this.destroy();
    else this.#owner.onRoom(this);
  }

  onLeaving(): void {
    this.retire();
  }

  onClosed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#connectTimer);
    this.#owner.onClosed(this, this.#error ?? new Error('the session was closed'));
  }

  onFault(error: unknown): void {
    this.#owner.onFault(error);
  }

  /** The session itself has thrown. */
  fault(error: unknown): void {
    this.onFault(error);
    this.destroy();
  }

  /** Streams under way end, and nothing more begins. */
  retire(): void {
    this.#isLeaving = true;
    if (this.streams === 0) this.destroy();
  }

  /** Closes it, and fails what is under way on it. */
  destroy(): void {
    this.#abandon(new Error('closed from this side'));
  }

  #failed(exchange: Exchange, error: Error, hasStarted: boolean): void {
    // TCP detects a peer that is gone after a quarter of an hour, and each exchange until then would wait in vain.
    if (this.#isSilentSince(exchange.sentAtMs)) this.#isLeaving = true;
    this.#owner.onFailed(exchange, error, !hasStarted && this.#isUntouched(error));
  }

  #isSilentSince(ms: number): boolean {
    return performance.now() - Math.max(ms, this.#connection.activeAtMs) >= SILENT_MS;
  }

  /** A refused stream was not worked on (RFC 9113, 8.7); one on a session that had been closed was never read. */
  #isUntouched(error: Error): boolean {
    if (error instanceof StreamReset) return error.reason === errorCode.refusedStream;
    return this.#isProven && this.#connection.isClosed;
  }

  /** @returns True: whatever comes is taken, and kept within the windows. */
  #read(bytes: number): boolean {
    this.#connection.read(READ_BUFFER.subarray(0, bytes));
    return true;
  }

  #opened(): void {
    clearTimeout(this.#connectTimer);
    if (this.#isClosed) return;
    this.isOpen = true;
    this.#owner.onRoom(this);
  }

  #abandon(error: Error): void {
    this.#error ??= error;
    this.#connection.destroy();
  }
}
