import { header } from '@flotilla/contracts';
import {
  type BodyLimit,
  type BodySink,
  callBack,
  type InboundRequest,
  type OutboundResponse,
  type Receiving,
} from '@flotilla/http-server';
import { receivePieces } from './chunk-source.js';

/** A body that is there, or that comes in pieces. */
export type LocalBody = readonly Uint8Array[] | AsyncIterable<Uint8Array> | Pick<InboundRequest, 'receive'>;

/** A request to a stage's handler that comes from within its process. */
export interface LocalRequest {
  /** Path and query. */
  readonly url: string;
  readonly type: string;
  readonly body: LocalBody;
  /** Of the body; undefined: it is not known beforehand. */
  readonly lengthBytes: number | undefined;
  /** Told what the handler is given of it. */
  readonly onGiven?: ((bytes: Uint8Array) => void) | undefined;
  /** What is left of the caller's time, in ms; undefined if it has set none. */
  readonly remainingMs: number | undefined;
  /** Aborted when the caller leaves. */
  readonly signal: AbortSignal;
}

/** What a handler has answered. */
export interface LocalAnswer {
  readonly status: number;
  /** Name, value, name, value, … */
  readonly headers: readonly string[];
  readonly body: Buffer;
}

/** Fields of the caller that go on with the text. */
const PASSED_ON = new Set(['traceparent', 'tracestate']);

/**
 * A request made of a message, for the handler that REST has: REST and gRPC lead to the same stage. What it answers is
 * collected.
 */
export class InProcessExchange implements InboundRequest, OutboundResponse {
  readonly httpVersion: string;
  readonly url: string;
  readonly rawHeaders: readonly string[] = [];
  readonly remoteAddress: string | undefined;
  hasStarted = false;
  /** Settles with the answer, or fails if it broke off. */
  readonly answer: Promise<LocalAnswer>;
  readonly #request: LocalRequest;
  readonly #caller: InboundRequest;
  readonly #chunks: Buffer[] = [];
  #head: Pick<LocalAnswer, 'status' | 'headers'> = { status: 0, headers: [] };
  #settle!: (answer: LocalAnswer) => void;
  #fail!: (error: Error) => void;

  constructor(request: LocalRequest, caller: InboundRequest) {
    this.#request = request;
    this.#caller = caller;
    this.url = request.url;
    this.httpVersion = caller.httpVersion;
    this.remoteAddress = caller.remoteAddress;
    this.answer = new Promise((resolve, reject) => {
      this.#settle = resolve;
      this.#fail = reject;
    });
    // A handler that throws has no answer, and no client waits for one.
    this.answer.catch(() => {});
  }

  header(name: string): string | undefined {
    const { type, lengthBytes, remainingMs } = this.#request;
    if (name === 'content-type') return type;
    if (name === 'content-length') return lengthBytes === undefined ? undefined : String(lengthBytes);
    if (name === header.deadline && remainingMs !== undefined) return String(Math.max(0, Math.floor(remainingMs)));
    return PASSED_ON.has(name) ? this.#caller.header(name) : undefined;
  }

  receive(limit: BodyLimit, sink: BodySink): Receiving {
    const { body, onGiven } = this.#request;
    const watched = onGiven ? watchedSink(sink, onGiven) : sink;
    return 'receive' in body ? body.receive(limit, watched) : receivePieces(body, limit, watched, this);
  }

  onClose(callback: (isWhole: boolean) => void): void {
    const { signal } = this.#request;
    const tell = () => callBack(this, callback, false);
    if (signal.aborted) tell();
    else signal.addEventListener('abort', tell, { once: true });
  }

  closeAfterwards(): void {}

  send(status: number, headers: string[], body: string): void {
    this.begin(status, headers);
    this.#chunks.push(Buffer.from(body, 'latin1'));
    this.end();
  }

  begin(status: number, headers: string[]): void {
    this.hasStarted = true;
    this.#head = { status, headers };
  }

  write(chunk: Buffer): boolean {
    this.#chunks.push(chunk);
    return true;
  }

  onDrain(): void {}

  end(): void {
    this.#settle({ ...this.#head, body: Buffer.concat(this.#chunks) });
  }

  abort(): void {
    this.#fail(new Error('the answer broke off'));
  }

  fault(error: unknown): void {
    this.#fail(error as Error);
  }
}

function watchedSink(sink: BodySink, onGiven: (bytes: Uint8Array) => void): BodySink {
  return {
    chunk: (chunk) => {
      onGiven(chunk);
      return sink.chunk(chunk);
    },
    end: (rawTrailers) => sink.end(rawTrailers),
    fail: (error) => sink.fail(error),
  };
}
