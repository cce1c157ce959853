import type { IncomingMessage, ServerResponse } from 'node:http';
import { callBack } from '../message/boundary.js';
import { type BodyLimit, type BodySink, isBodiless, type RawFields, type Receiving } from '../message/exchange.js';
import { GuardedExchange } from '../message/guarded-exchange.js';
import { discardRest, receive } from '../message/receive.js';

/** A request that Node's server has read, and its response. */
export class NodeExchange extends GuardedExchange {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;

  /** One for each request, before it is answered. */
  constructor(request: IncomingMessage, response: ServerResponse) {
    super();
    this.#request = request;
    this.#response = response;
    response.prependListener('finish', () => callBack(this, discardRest, request));
    response.on('close', () => this.tellClosed(response.writableFinished));
  }

  get url(): string {
    return this.#request.url ?? '/';
  }

  get httpVersion(): string {
    return this.#request.httpVersion;
  }

  get rawHeaders(): RawFields {
    return this.#request.rawHeaders;
  }

  get remoteAddress(): string | undefined {
    return this.#request.socket.remoteAddress;
  }

  get hasStarted(): boolean {
    return this.#response.headersSent;
  }

  header(name: string): string | undefined {
    const value = this.#request.headers[name];
    return typeof value === 'object' ? value.join(', ') : value;
  }

  receive(limit: BodyLimit, sink: BodySink): Receiving {
    const request = this.#request;
    // A request of HTTP/1.1 that is cut off never ends.
    return receive(request, limit, sink, {
      trailers: () => request.rawTrailers,
      confirm: (done) => done(true),
      taker: this,
    });
  }

  closeAfterwards(): void {
    this.#response.shouldKeepAlive = false;
  }

  send(status: number, headers: string[], body: string): void {
    if (!isBodiless(status)) headers.push('content-length', String(body.length));
    this.begin(status, headers);
    this.#response.end(body, 'latin1');
  }

  begin(status: number, headers: string[]): void {
    this.#response.writeHead(status, headers as unknown as Record<string, string>);
  }

  write(chunk: Buffer): boolean {
    return this.#response.write(chunk);
  }

  override onDrain(callback: () => void): void {
    super.onDrain(callback);
    this.#response.on('drain', () => this.tellDrained());
  }

  end(trailers: RawFields): void {
    if (trailers.length > 0) this.#response.addTrailers(pairs(trailers));
    this.#response.end();
  }

  abort(): void {
    this.#response.socket?.resetAndDestroy() ?? this.#response.destroy();
  }
}

function pairs(raw: RawFields): [string, string][] {
  return Array.from({ length: raw.length / 2 }, (_, n) => [raw[2 * n] as string, raw[2 * n + 1] as string]);
}
