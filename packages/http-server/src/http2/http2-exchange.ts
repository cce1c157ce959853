import { errorCode, type InboundStream, type Stream, type StreamEnding, type StreamObserver } from '@flotilla/http2';
import { type BodyLimit, type BodySink, isBodiless, type RawFields, type Receiving } from '../message/exchange.js';
import { fieldValue, isName } from '../message/field-lines.js';
import { GuardedExchange } from '../message/guarded-exchange.js';
import { CONTINUE } from '../message/head-checks.js';
import { normalisedTarget } from '../message/target.js';
import { StreamBody } from './stream-body.js';

/** A request on a stream of HTTP/2, and its response. */
export class Http2Exchange extends GuardedExchange implements StreamObserver {
  readonly httpVersion = '2.0';
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: RawFields;
  readonly remoteAddress: string | undefined;
  /** Its fields are more than a request may have, and not all here. */
  readonly isTooLarge: boolean;
  /** When it began, in ms of `performance.now()`. */
  readonly startedMs = performance.now();
  /** Its place among those of its lane, which changes it. */
  index = 0;
  /** What of it was taken when the lane last looked, and since when that has been so. Only while the process holds too much. */
  seenBytes = -1;
  seenMs = 0;
  hasStarted = false;
  /** Of the response, once it has started. */
  status = 0;
  readonly #stream: Stream;
  #body: StreamBody | undefined;

  constructor({ stream, head, isTooLarge }: InboundStream, remoteAddress: string | undefined) {
    super();
    this.#stream = stream;
    this.method = head.method;
    this.rawHeaders = head.fields;
    this.url = normalisedTarget(head.path, head.path.startsWith('/') ? undefined : this.header('host'));
    this.remoteAddress = remoteAddress;
    this.isTooLarge = isTooLarge;
    stream.observer = this;
  }

  header(name: string): string | undefined {
    return fieldValue(this.rawHeaders, name);
  }

  receive(limit: BodyLimit, sink: BodySink): Receiving {
    const body = new StreamBody(this.#stream, limit, sink, this);
    this.#body = body;
    if (this.#stream.isClosed) body.breakOff();
    else this.#goOn();
    return body;
  }

  /** A connection of HTTP/2 is told to be closed for all of its streams: see `Http2Server`. */
  closeAfterwards(): void {}

  send(status: number, headers: string[], body: string): void {
    if (!isBodiless(status) && !isGrpc(headers)) headers.push('content-length', String(body.length));
    const isHeadOnly = body.length === 0 || this.#isHead;
    this.#sendHead(status, headers, isHeadOnly);
    if (!isHeadOnly) this.#stream.end(Buffer.from(body, 'latin1'));
  }

  begin(status: number, headers: string[]): void {
    this.#sendHead(status, headers, this.#isHead);
  }

  write(chunk: Buffer): boolean {
    return this.#isHead || this.#stream.write(chunk);
  }

  end(trailers: RawFields): void {
    if (!this.#isHead) this.#stream.end(undefined, trailers);
  }

  abort(code: number = errorCode.internalError): void {
    this.#stream.reset(code);
  }

  onData(view: Buffer): void {
    this.#body?.data(view);
  }

  onEnd(): void {
    this.#body?.end();
  }

  /** Its client, or the connection, has more room. */
  onWritable(): void {
    this.tellDrained();
  }

  onFault(error: unknown): void {
    this.fault(error);
  }

  /** What of its body was received and not read yet, and what was read, in bytes. */
  get heldBytes(): number {
    return this.#stream.heldBytes;
  }

  get takenBytes(): number {
    return this.#stream.takenBytes;
  }

  /** Nothing more can be sent: its client has given it up, or the connection is gone. */
  get isGone(): boolean {
    return this.#stream.isGone;
  }

  onClosed(ending: StreamEnding): void {
    this.#body?.breakOff();
    this.tellClosed(ending === 'whole');
  }

  /** Its response has no body, whatever its handler writes (RFC 9110, 9.3.2). */
  get #isHead(): boolean {
    return this.method === 'HEAD';
  }

  /** A client that waits for it before it sends a body is told (RFC 9110, section 10.1.1). */
  #goOn(): void {
    const isAwaited =
      !this.hasStarted && !this.#stream.isRemoteEnded && this.header('expect')?.toLowerCase() === CONTINUE;
    if (isAwaited) this.#stream.sendHead([':status', '100'], false);
    this.#stream.resume();
  }

  #sendHead(status: number, headers: string[], isEnd: boolean): void {
    if (this.#stream.isClosed) return;
    this.hasStarted = true;
    this.status = status;
    this.#stream.sendHead([':status', String(status), ...withoutConnection(headers)], isEnd);
  }
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
