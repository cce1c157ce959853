import type { Socket } from 'node:net';
import type { Route } from '../answer/routes.js';
import { endInto, failInto } from '../message/boundary.js';
import { type BodyLimit, type BodySink, isBodiless, type RawFields, type Receiving } from '../message/exchange.js';
import { fieldValue } from '../message/field-lines.js';
import { GuardedExchange } from '../message/guarded-exchange.js';
import { tooLarge } from '../message/receive.js';
import type { FastPathRequestHead } from './fast-path-request-head.js';
import { responseHead } from './response-head.js';

/** What an exchange needs of the connection that it came on. */
export interface FastPathChannel {
  readonly socket: Socket;
  readonly remoteAddress: string | undefined;
  /** The fields that tell how long the connection is kept. */
  readonly keepAliveLines: string;
  /** The response is out. @param closes - The connection takes no other request. */
  onResponded(closes: boolean): void;
}

const CLOSE_LINE = 'connection: close\r\n';
const CRLF = '\r\n';
const LAST_CHUNK = '0\r\n';
const NO_FIELDS: RawFields = [];
/** A body that was received whole has nothing to resume. */
const RECEIVED: Receiving = { resume: () => {} };

/** A request that came whole on a direct connection, and its response. */
export class FastPathExchange extends GuardedExchange {
  readonly httpVersion = '1.1';
  readonly route: Route;
  readonly url: string;
  readonly rawHeaders: RawFields;
  hasStarted = false;
  /** Of the response, once it has started. */
  status = 0;
  readonly #channel: FastPathChannel;
  readonly #body: Buffer;
  #isChunked = false;
  #closes = false;
  #isOver = false;

  constructor(channel: FastPathChannel, head: FastPathRequestHead, body: Buffer) {
    super();
    this.#channel = channel;
    this.route = head.route;
    this.url = head.url;
    this.rawHeaders = head.rawHeaders;
    this.#body = body;
  }

  get remoteAddress(): string | undefined {
    return this.#channel.remoteAddress;
  }

  header(name: string): string | undefined {
    return fieldValue(this.rawHeaders, name);
  }

  receive(limit: BodyLimit, sink: BodySink): Receiving {
    try {
      if (this.#body.length > limit.maxBytes) throw tooLarge(limit);
      if (this.#body.length > 0) sink.chunk(this.#body);
    } catch (error) {
      failInto(sink, error, this);
      return RECEIVED;
    }
    endInto(sink, NO_FIELDS, this);
    return RECEIVED;
  }

  closeAfterwards(): void {
    this.#closes = true;
  }

  send(status: number, headers: string[], body: string): void {
    if (this.#isOver) return;
    const head = this.#beginHead(status, headers);
    const length = isBodiless(status) ? '' : `content-length: ${body.length}\r\n`;
    this.#channel.socket.write(head + length + CRLF + body, 'latin1');
    this.#flushed();
  }

  begin(status: number, headers: string[]): void {
    if (this.#isOver) return;
    const head = this.#beginHead(status, headers);
    const coding = this.#isChunked ? 'transfer-encoding: chunked\r\n' : '';
    this.#channel.socket.write(head + coding + CRLF, 'latin1');
  }

  write(chunk: Buffer): boolean {
    // A chunk of no bytes would be the last.
    if (this.#isOver || chunk.length === 0) return true;
    const { socket } = this.#channel;
    if (!this.#isChunked) return socket.write(chunk);
    socket.cork();
    socket.write(chunk.length.toString(16) + CRLF, 'latin1');
    socket.write(chunk);
    const hasRoom = socket.write(CRLF, 'latin1');
    socket.uncork();
    return hasRoom;
  }

  end(trailers: RawFields): void {
    if (this.#isOver) return;
    if (this.#isChunked) this.#channel.socket.write(LAST_CHUNK + lines(trailers) + CRLF, 'latin1');
    this.#flushed();
  }

  abort(): void {
    if (this.#isOver) return;
    this.#channel.socket.resetAndDestroy();
  }

  /** The connection can take more. */
  drained(): void {
    this.tellDrained();
  }

  /** The response is out, or never will be. */
  close(isWhole: boolean): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.tellClosed(isWhole);
  }

  #beginHead(status: number, headers: readonly string[]): string {
    const { text, hasLength, closes } = responseHead(status, headers);
    this.hasStarted = true;
    this.status = status;
    this.#isChunked = !hasLength && !isBodiless(status);
    this.#closes ||= closes;
    return text + (this.#closes ? CLOSE_LINE : this.#channel.keepAliveLines);
  }

  /** A small response is with the kernel by now; of a larger one an empty write tells when. */
  #flushed(): void {
    const { socket } = this.#channel;
    // One that is being closed has taken nothing; its end is still to be told.
    if (!socket.writable) return;
    if (socket.writableLength === 0) this.#responded();
    else socket.write('', (error) => error ?? this.#responded());
  }

  #responded(): void {
    if (this.#isOver) return;
    this.close(true);
    this.#channel.onResponded(this.#closes);
  }
}

function lines(fields: RawFields): string {
  let text = '';
  for (let i = 0; i < fields.length; i += 2) text += `${fields[i]}: ${fields[i + 1]}\r\n`;
  return text;
}
