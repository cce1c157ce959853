import type { Socket } from 'node:net';
import { FlotillaError } from '@flotilla/contracts';
import { describeError } from '@flotilla/process';
import type { Logger } from 'pino';
import { endedInHead, refuseConnection } from '../answer/connection-errors.js';
import { callBack } from '../message/boundary.js';
import type { FaultTaker } from '../message/exchange.js';
import { noticeWhenGone } from '../message/half-closed.js';
import { type FastPathChannel, FastPathExchange } from './fast-path-exchange.js';
import { type FastPathRequestHead, type PlainRequests, parsePlainHead } from './fast-path-request-head.js';
import { prefaceIn } from './preface.js';

/** What a direct connection needs of the server that it belongs to. */
export interface FastPathServer {
  readonly plain: PlainRequests;
  /** How each plain request begins: `POST /process`. */
  readonly lineStarts: readonly string[];
  /** How long a connection is kept on which nothing happens. */
  readonly keepAliveMs: number;
  /** How long a request's head may take to arrive. */
  readonly headersTimeoutMs: number;
  /** Connections are closed after their answers. */
  readonly isClosing: boolean;
  /** And those without a request at once. */
  readonly isClosed: boolean;
  readonly logger: Logger;
  answer(exchange: FastPathExchange): void;
  /** The connection is Node's from now on, beginning with what has come and was not used. */
  detach(connection: FastPathConnection): void;
  /** It speaks HTTP/2. */
  handOverToHttp2(connection: FastPathConnection): void;
  /** The connection is gone. */
  forget(connection: FastPathConnection): void;
}

/** How long a request may take to arrive whole. One that takes longer is for Node's parser, which has limits for that. */
const REQUEST_READ_TIMEOUT_MS = 1000;
const END_OF_HEAD = Buffer.from('\r\n\r\n');

/**
 * A connection whose plain requests are answered without Node's HTTP server, whose parser, streams and events were a
 * third of what a small request cost (docs/performance.md). One request at a time; those behind it wait.
 * With the first that is not plain, or does not come at once, the connection is handed to Node's server for good.
 */
export class FastPathConnection implements FastPathChannel, FaultTaker {
  readonly socket: Socket;
  readonly remoteAddress: string | undefined;
  readonly keepAliveLines: string;
  /** What has come and was not used yet. */
  rest: Buffer | undefined;
  readonly #server: FastPathServer;
  /** Of a request whose body has not come whole. */
  #head: FastPathRequestHead | undefined;
  #exchange: FastPathExchange | undefined;
  #hadRequest = false;
  /** It begins no other request: it has been given away, or is being closed. */
  #isOver = false;
  /** What came after the last request is looked at in the next turn of the event loop. */
  #hasNext = false;
  /** The client sends no more. */
  #isEnded = false;
  /** Since when it is idle, or its request arrives. */
  #sinceMs = performance.now();

  constructor(socket: Socket, server: FastPathServer) {
    this.socket = socket;
    this.remoteAddress = socket.remoteAddress;
    this.#server = server;
    this.keepAliveLines = `connection: keep-alive\r\nkeep-alive: timeout=${Math.floor(server.keepAliveMs / 1000)}\r\n`;
    socket.on('data', this.#onData);
    socket.on('drain', this.#onDrain);
    socket.on('end', this.#onEnd);
    socket.on('error', this.#onError);
    socket.on('close', this.#onClose);
  }

  /** Gives the socket away. */
  release(): void {
    const { socket } = this;
    this.#isOver = true;
    socket.off('data', this.#onData);
    socket.off('drain', this.#onDrain);
    socket.off('end', this.#onEnd);
    socket.off('error', this.#onError);
    socket.off('close', this.#onClose);
  }

  /** Looks whether it waits for too long. To be called every few hundred milliseconds. */
  check(nowMs: number): void {
    if (this.#exchange || this.#isOver) return;
    const waitedMs = nowMs - this.#sinceMs;
    if (this.#hadRequest && !this.rest) {
      if (waitedMs >= this.#server.keepAliveMs || this.#server.isClosed) this.#close();
      return;
    }
    // Which protocol it speaks is not known before its first bytes are here, however late or slowly they come.
    if (!this.#hadRequest && (!this.rest || prefaceIn(this.rest) === 'partial')) {
      if (waitedMs >= this.#server.headersTimeoutMs) this.#refuseLate();
      return;
    }
    if (waitedMs >= REQUEST_READ_TIMEOUT_MS) this.#detach();
  }

  /** The server closes: a connection without a request closes now, another one after its answer. */
  closeIfIdle(): void {
    if (this.#exchange) this.#exchange.closeAfterwards();
    else if (this.rest && !this.#isOver) this.#detach();
    else this.#close();
  }

  onResponded(closes: boolean): void {
    this.#exchange = undefined;
    this.#sinceMs = performance.now();
    if (closes || this.#server.isClosing || (this.#isEnded && !this.rest)) {
      this.#close();
    } else if (this.rest) {
      this.#hasNext = true;
      setImmediate(() => callBack(this, this.#next, undefined));
    }
  }

  /** Requests that came before the last one was answered. */
  #next(): void {
    const { rest } = this;
    this.#hasNext = false;
    if (!rest || this.#exchange || this.#isOver) return;
    this.rest = undefined;
    this.socket.resume();
    this.#take(rest);
    if (this.#isEnded) this.#onEnd();
  }

  readonly #onData = (chunk: Buffer): void => {
    // Behind the last request nothing is looked at.
    if (this.#isOver) return;
    const bytes = this.rest ? Buffer.concat([this.rest, chunk]) : chunk;
    if (this.#exchange) {
      this.rest = bytes;
      this.socket.pause();
      return;
    }
    if (!this.rest) this.#sinceMs = performance.now();
    this.rest = undefined;
    callBack(this, this.#take, bytes);
  };

  readonly #onDrain = (): void => this.#exchange?.drained();

  /** A client may send no more, and wait for its answer; one that stops within a request is told so. */
  readonly #onEnd = (): void => {
    this.#isEnded = true;
    if (this.#isOver || this.#hasNext) return;
    const exchange = this.#exchange;
    if (exchange) {
      noticeWhenGone(this.socket, () => this.#exchange === exchange && !exchange.hasStarted);
      return;
    }
    this.#isOver = true;
    if (!this.rest) this.socket.destroySoon();
    else refuseConnection(this.#head ? new FlotillaError('FLT_BODY_INCOMPLETE') : endedInHead(), this.socket);
  };

  /** What was thrown before there was a request, or behind one. */
  fault(error: unknown): void {
    this.#server.logger.error({ error: describeError(error) }, 'unexpected error');
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#exchange) this.socket.destroy();
    else refuseConnection(new FlotillaError('FLT_INTERNAL'), this.socket);
  }

  readonly #onError = (): void => {
    this.socket.destroy();
  };

  readonly #onClose = (): void => {
    this.#isOver = true;
    this.#server.forget(this);
    this.#exchange?.close(false);
  };

  #take(bytes: Buffer): void {
    const preface = this.#hadRequest ? 'none' : prefaceIn(bytes);
    if (preface !== 'none') {
      this.rest = bytes;
      if (preface === 'whole') this.#server.handOverToHttp2(this);
      return;
    }
    const headBytes = bytes.indexOf(END_OF_HEAD);
    if (headBytes === -1) {
      this.rest = bytes;
      if (!this.#isPartialMatch(bytes)) this.#detach();
      return;
    }
    const { plain } = this.#server;
    // Node's parser says what is wrong with one that is too long.
    if (headBytes < plain.maxHeaderBytes) this.#head ??= parsePlainHead(bytes.toString('latin1', 0, headBytes), plain);
    const bodyStart = headBytes + END_OF_HEAD.length;
    if (!this.#head) {
      this.rest = bytes;
      this.#detach();
    } else if (bytes.length < bodyStart + this.#head.bodyBytes) {
      this.rest = bytes;
    } else {
      this.#begin(this.#head, bytes, bodyStart);
    }
  }

  #begin(head: FastPathRequestHead, bytes: Buffer, bodyStart: number): void {
    const end = bodyStart + head.bodyBytes;
    this.#head = undefined;
    this.#hadRequest = true;
    if (bytes.length > end) this.rest = bytes.subarray(end);
    const exchange = new FastPathExchange(this, head, bytes.subarray(bodyStart, end));
    this.#exchange = exchange;
    if (this.#server.isClosing) exchange.closeAfterwards();
    this.#server.answer(exchange);
  }

  #close(): void {
    this.#isOver = true;
    this.socket.destroySoon();
  }

  #refuseLate(): void {
    this.#isOver = true;
    refuseConnection(new FlotillaError('FLT_REQUEST_TIMEOUT'), this.socket);
  }

  /** Into one that has ended nothing can be put back. */
  #detach(): void {
    if (this.#isEnded) this.#close();
    else this.#server.detach(this);
  }

  /** Whether half a head begins like one that could be answered here. */
  #isPartialMatch(bytes: Buffer): boolean {
    const { lineStarts, plain } = this.#server;
    if (bytes.length >= plain.maxHeaderBytes) return false;
    return lineStarts.some((start) => {
      const known = Math.min(bytes.length, start.length);
      return bytes.toString('latin1', 0, known) === start.slice(0, known);
    });
  }
}
