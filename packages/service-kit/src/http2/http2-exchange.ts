import { constants, type OutgoingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import {
  type BodyLimit,
  type BodySink,
  type InboundRequest,
  isBodiless,
  type OutboundResponse,
  type RawFields,
  type Receiving,
} from '../exchange.js';
import { fieldValue, isName } from '../field-lines.js';
import { receive } from '../receive.js';

const NO_TRAILERS: RawFields = [];

/** A request on a stream of HTTP/2, and its response. */
export class Http2Exchange implements InboundRequest, OutboundResponse {
  readonly httpVersion = '2.0';
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: RawFields;
  readonly remoteAddress: string | undefined;
  /** When it began, in ms of `performance.now()`. */
  readonly startedMs = performance.now();
  /** Its place among those of its lane, which changes it. */
  index = 0;
  isBegun = false;
  /** Of the response, once it has begun. */
  status = 0;
  readonly #stream: ServerHttp2Stream;
  readonly #closeListeners: ((isWhole: boolean) => void)[] = [];
  /** Whether all of the response has gone out. */
  #isWhole = false;
  /** Whether fields follow the body: its end is not that of the response then. */
  #hasTrailers = false;
  #trailers: RawFields = NO_TRAILERS;

  /** @param raw - Names and values, the pseudo fields first (RFC 9113, section 8.3.1). */
  constructor(stream: ServerHttp2Stream, raw: RawFields) {
    this.#stream = stream;
    const { method, path, fields } = splitFields(raw);
    this.method = method;
    this.url = path;
    this.rawHeaders = fields;
    this.remoteAddress = stream.session?.socket.remoteAddress;
    // What is wrong with a stream ends in its `close`.
    stream.on('error', ignore);
    stream.on('close', () => {
      for (const listener of this.#closeListeners) listener(this.#isWhole);
    });
  }

  /** Whether the stream is over, in whatever way. */
  get isClosed(): boolean {
    return this.#stream.destroyed;
  }

  header(name: string): string | undefined {
    return fieldValue(this.rawHeaders, name);
  }

  receive(limit: BodyLimit, sink: BodySink): Receiving {
    return receive(this.#stream, limit, sink, {
      // None of the requests here has a use for them, and a recipient may let them be (RFC 9110, section 6.5).
      trailers: () => NO_TRAILERS,
      // A reset ends what can be read before it is told of: only the next turn knows.
      confirm: (done) => setImmediate(() => done(!this.#stream.closed && !this.#stream.destroyed)),
    });
  }

  onClose(callback: (isWhole: boolean) => void): void {
    this.#closeListeners.push(callback);
  }

  /** A connection of HTTP/2 is told to be closed for all of its streams: see {@link Http2Lane}. */
  closeAfterwards(): void {}

  send(status: number, headers: string[], body: string): void {
    if (this.#stream.destroyed || this.#stream.closed) return;
    if (!isBodiless(status) && !isGrpc(headers)) headers.push('content-length', String(body.length));
    this.#watchEnd();
    this.#respond(status, headers, { endStream: body.length === 0 });
    if (body.length > 0) this.#stream.end(body, 'latin1');
  }

  begin(status: number, headers: string[]): void {
    if (this.#stream.destroyed || this.#stream.closed) return;
    this.#hasTrailers = isGrpc(headers);
    this.#respond(status, headers, { waitForTrailers: this.#hasTrailers });
    if (this.#hasTrailers) this.#stream.on('wantTrailers', () => this.#sendTrailers());
  }

  write(chunk: Buffer): boolean {
    // Nobody will read it: whoever writes it need not wait.
    if (this.#stream.destroyed || this.#stream.closed || !this.isBegun) return true;
    return this.#stream.write(chunk);
  }

  onDrain(callback: () => void): void {
    this.#stream.on('drain', callback);
  }

  end(trailers: RawFields): void {
    if (this.#stream.destroyed || this.#stream.closed || !this.isBegun) return;
    this.#trailers = trailers;
    this.#watchEnd();
    this.#stream.end();
  }

  abort(code: number = constants.NGHTTP2_INTERNAL_ERROR): void {
    if (!this.#stream.destroyed) this.#stream.close(code);
  }

  #respond(status: number, headers: string[], options: { endStream?: boolean; waitForTrailers?: boolean }): void {
    this.isBegun = true;
    this.status = status;
    this.#stream.respond([':status', String(status), ...withoutConnection(headers)], options);
  }

  /**
   * To be called when the response is about to be ended. Node finishes a stream that is reset, too: only one that was
   * ended here, and not reset before, is whole.
   */
  #watchEnd(): void {
    const stream = this.#stream;
    stream.once('finish', () => {
      this.#isWhole = (stream.rstCode ?? constants.NGHTTP2_NO_ERROR) === constants.NGHTTP2_NO_ERROR;
      if (!this.#hasTrailers) this.#dropRest();
    });
  }

  #sendTrailers(): void {
    this.#stream.sendTrailers(asObject(this.#trailers));
    this.#dropRest();
  }

  /** A request that was answered before its end: the client is told that the rest is not wanted (RFC 9113, 8.1). */
  #dropRest(): void {
    const stream = this.#stream;
    if (stream.readableEnded || stream.endAfterHeaders) return;
    setImmediate(() => {
      if (!stream.readableEnded && !stream.closed) stream.close(constants.NGHTTP2_NO_ERROR);
    });
  }
}

function ignore(): void {}

function splitFields(raw: RawFields): { method: string; path: string; fields: string[] } {
  const fields: string[] = [];
  let [method, path, authority] = ['', '/', ''];
  let hasHost = false;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] as string;
    const value = raw[i + 1] as string;
    if (name === ':method') method = value;
    else if (name === ':path') path = value;
    else if (name === ':authority') authority = value;
    else if (!name.startsWith(':')) fields.push(name, value);
    if (name === 'host') hasHost = true;
  }
  if (authority !== '' && !hasHost) fields.push('host', authority);
  return { method, path, fields };
}

/** gRPC ends its responses with trailers, gRPC-Web with a part of the body. */
function isGrpc(headers: readonly string[]): boolean {
  for (let i = 0; i < headers.length; i += 2) {
    if (!isName(headers[i] as string, 'content-type')) continue;
    const type = headers[i + 1] as string;
    return type.startsWith('application/grpc') && !type.startsWith('application/grpc-web');
  }
  return false;
}

/** HTTP/2 has no fields of one connection (RFC 9113, 8.2.2). */
function withoutConnection(headers: string[]): string[] {
  for (let i = 0; i < headers.length; i += 2) {
    if (isName(headers[i] as string, 'connection')) headers.splice(i, 2);
  }
  return headers;
}

/** `sendTrailers` takes an object only. */
function asObject(fields: RawFields): OutgoingHttpHeaders {
  const object: Record<string, string | string[]> = {};
  for (let i = 0; i < fields.length; i += 2) {
    const name = (fields[i] as string).toLowerCase();
    const value = fields[i + 1] as string;
    const known = object[name];
    object[name] = known === undefined ? value : [known, value].flat();
  }
  return object;
}
