import net, { type LookupFunction, type Socket } from 'node:net';
import { callBack, type FaultTaker } from '@flotilla/http-server';
import type { Carrier, Exchange } from './exchange.js';
import { writeRequest } from './request-writer.js';
import { MalformedResponse, type ResponseHead } from './response-head.js';
import { ResponseReader, type ResponseSink } from './response-reader.js';

/** Where an instance is, and how it is connected to. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** Time to open a connection, name resolution included. */
  readonly connectTimeoutMs: number;
  readonly lookup: LookupFunction;
}

/** What a connection tells the pool that it is part of. */
export interface ConnectionOwner {
  onOpen(connection: Connection): void;
  /** An exchange has ended well, and the connection can take another. */
  onIdle(connection: Connection): void;
  /** The connection is gone. An exchange that it leaves may be sent again on a new one, if `isRetryable`. */
  onClosed(connection: Connection, exchange: Exchange | undefined, error: Error, isRetryable: boolean): void;
  /** Something was thrown on this side that is no exchange's. */
  onFault(error: unknown): void;
}

/** The instance closed the connection, or broke it, before its response was whole. */
class ConnectionClosed extends Error {
  readonly code: string = 'CLOSED';
}

/** No connection was there in time: nothing was sent. */
export class ConnectTimeout extends Error {
  readonly code = 'CONNECT_TIMEOUT';
}

/**
 * All connections read into the same memory: each piece is read, handed over and done with in one go, and what is kept
 * of it is copied. Node's own way, new memory for each read, costs more than the copies.
 */
const READ_BUFFER = Buffer.allocUnsafeSlow(64 * 1024);

/** One connection to an instance, with one exchange at a time. */
export class Connection implements Carrier, ResponseSink, FaultTaker {
  /** When it became idle, in ms. */
  idleSinceMs = 0;
  readonly #owner: ConnectionOwner;
  readonly #socket: Socket;
  readonly #reader = new ResponseReader();
  #exchange: Exchange | undefined;
  #isReused = false;
  #isClosed = false;
  #connectTimer: NodeJS.Timeout | undefined;

  constructor(endpoint: Endpoint, owner: ConnectionOwner) {
    this.#owner = owner;
    const { host, port, lookup, connectTimeoutMs } = endpoint;
    const onread = { buffer: READ_BUFFER, callback: (bytes: number) => callBack(this, this.#read, bytes) ?? true };
    const socket = net.connect({ host, port, lookup, noDelay: true, keepAlive: true, onread });
    this.#socket = socket;
    const abandon = () => callBack(this, this.#close, new ConnectTimeout('no connection in time'));
    this.#connectTimer = setTimeout(abandon, connectTimeoutMs);
    socket.on('connect', () => callBack(this, this.#opened, undefined));
    socket.on('end', () => callBack(this, this.#ended, undefined));
    socket.on('error', (error) => callBack(this, this.#close, error));
    socket.on('close', () => callBack(this, this.#close, new ConnectionClosed('the connection was closed')));
  }

  /** Sends an exchange's request. The connection must be open and idle. */
  run(exchange: Exchange): void {
    this.#exchange = exchange;
    exchange.carrier = this;
    this.#reader.start(this);
    callBack(exchange, () => writeRequest(this.#socket, exchange, (error) => this.#broken(exchange, error)), undefined);
    if (exchange.isPaused) this.#socket.pause();
  }

  /** Closes it, and fails what is under way on it. */
  destroy(): void {
    this.#close(new ConnectionClosed('closed from this side'));
  }

  abort(exchange: Exchange, error: Error): void {
    if (exchange === this.#exchange) this.#close(error);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  onHead(head: ResponseHead): void {
    this.#exchange?.head(head);
  }

  onBody(view: Buffer): void {
    this.#exchange?.data(view);
  }

  /** The fault is on this side: it is closed, and what was under way on it fails. */
  fault(error: unknown): void {
    const exchange = this.#exchange;
    if (exchange) exchange.fault(error);
    else this.#owner.onFault(error);
    this.#socket.destroy();
  }

  /** What makes a request has broken off; that of one which another connection has by now is nothing. */
  #broken(exchange: Exchange, error: unknown): void {
    if (this.#exchange === exchange && !exchange.isOver) exchange.fault(error);
  }

  #opened(): void {
    clearTimeout(this.#connectTimer);
    this.#owner.onOpen(this);
  }

  /** @returns False if the observer wants no more for now: Node stops reading then. */
  #read(bytes: number): boolean {
    const exchange = this.#exchange;
    if (!exchange) {
      this.#close(new ConnectionClosed('unsolicited bytes'));
      return true;
    }
    try {
      this.#reader.read(READ_BUFFER.subarray(0, bytes));
    } catch (error) {
      if (error instanceof MalformedResponse) this.#close(error);
      else exchange.fault(error);
      return true;
    }
    if (this.#reader.isDone && this.#exchange === exchange) this.#complete(exchange);
    return !exchange.isPaused || exchange.isOver;
  }

  #complete(exchange: Exchange): void {
    const { trailers } = this.#reader;
    this.#exchange = undefined;
    const wasAllSent = !Number.isNaN(exchange.sentAtMs);
    try {
      this.#giveBack(exchange, wasAllSent);
    } finally {
      exchange.end(trailers);
    }
  }

  #giveBack(exchange: Exchange, wasAllSent: boolean): void {
    // An answer before the request's end: the rest of the request would be taken for the next one.
    if (this.#reader.keepsAlive && wasAllSent && !this.#isClosed && this.#socket.writableLength === 0) {
      this.#isReused = true;
      // The reader that paused it has all of the answer.
      if (exchange.isPaused) this.#socket.resume();
      this.#owner.onIdle(this);
    } else {
      this.#close(new ConnectionClosed('closed after an exchange'));
    }
  }

  #ended(): void {
    const exchange = this.#exchange;
    if (exchange && this.#reader.finish()) this.#complete(exchange);
    else this.#close(new ConnectionClosed('the instance closed the connection'));
  }

  #close(error: Error): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#connectTimer);
    const exchange = this.#exchange;
    this.#exchange = undefined;
    // From an ordinary end the instance would not learn that its answer is no longer wanted.
    if (exchange) this.#socket.resetAndDestroy();
    else this.#socket.destroy();
    const isStale = exchange !== undefined && this.#isReused && !this.#reader.hasStarted && isOfTheInstance(error);
    this.#owner.onClosed(this, exchange, error, isStale);
  }
}

/** Whether the connection was ended by the instance, rather than abandoned here. */
function isOfTheInstance(error: Error): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'CLOSED' || code === 'ECONNRESET' || code === 'EPIPE';
}
