import { setImmediate as nextTurn } from 'node:timers/promises';
import { header } from '@flotilla/contracts';
import {
  type BodyLimit,
  type BodySink,
  type InboundRequest,
  type OutboundResponse,
  type Receiving,
  tooLarge,
} from '@flotilla/service-kit';

/** A request to a stage's handler that comes from within its process. */
export interface LocalRequest {
  /** Path and query. */
  readonly url: string;
  readonly type: string;
  /** In one piece, or in many as they come. */
  readonly body: Uint8Array | AsyncIterable<Uint8Array>;
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
 * A request made of a message, for the handler that REST has: both front doors lead to the same stage. What it answers is
 * collected.
 */
export class LocalExchange implements InboundRequest, OutboundResponse {
  readonly httpVersion: string;
  readonly url: string;
  readonly rawHeaders: readonly string[] = [];
  readonly remoteAddress: string | undefined;
  isBegun = false;
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
    // A handler that throws has no answer, and nobody waits for one.
    this.answer.catch(() => {});
  }

  header(name: string): string | undefined {
    const { type, body, remainingMs } = this.#request;
    if (name === 'content-type') return type;
    if (name === 'content-length') return body instanceof Uint8Array ? String(body.length) : undefined;
    if (name === header.deadline && remainingMs !== undefined) return String(Math.max(0, Math.floor(remainingMs)));
    return PASSED_ON.has(name) ? this.#caller.header(name) : undefined;
  }

  receive(limit: BodyLimit, sink: BodySink): Receiving {
    let wake = () => {};
    const room = () =>
      new Promise<void>((resolve) => {
        wake = resolve;
      });
    void pump(this.#request.body, limit, sink, room);
    return { resume: () => wake() };
  }

  onClose(callback: (isWhole: boolean) => void): void {
    const { signal } = this.#request;
    if (signal.aborted) callback(false);
    else signal.addEventListener('abort', () => callback(false), { once: true });
  }

  closeAfterwards(): void {}

  send(status: number, headers: string[], body: string): void {
    this.begin(status, headers);
    this.#chunks.push(Buffer.from(body, 'latin1'));
    this.end();
  }

  begin(status: number, headers: string[]): void {
    this.isBegun = true;
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
}

/** How much of a message is handed over in one turn of the event loop: as of a body that arrives. */
const TURN_BYTES = 256 * 1024;

async function pump(
  body: LocalRequest['body'],
  limit: BodyLimit,
  sink: BodySink,
  room: () => Promise<void>,
): Promise<void> {
  let receivedBytes = 0;
  try {
    for await (const piece of slices(body)) {
      receivedBytes += piece.length;
      if (receivedBytes > limit.maxBytes) throw tooLarge(limit);
      const hasRoom = room();
      if (!sink.chunk(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength))) await hasRoom;
    }
    sink.end([]);
  } catch (error) {
    sink.fail(error as Error);
  }
}

/** A turn of the event loop for others after each that is not the last of its piece. */
async function* slices(body: LocalRequest['body']): AsyncGenerator<Uint8Array> {
  for await (const piece of body instanceof Uint8Array ? [body] : body) {
    for (let start = 0; start < piece.length; start += TURN_BYTES) {
      if (start > 0) await nextTurn();
      yield piece.subarray(start, start + TURN_BYTES);
    }
  }
}
