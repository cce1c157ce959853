import { ChunkedReader } from './chunked-reader.js';
import type { RawHeaders } from './headers.js';
import { PartialHead } from './partial-head.js';
import {
  CHUNKED,
  MAX_HEAD_BYTES,
  MalformedResponse,
  parseResponseHead,
  type ResponseHead,
  UNTIL_CLOSE,
} from './response-head.js';

/** Where a response goes as it is read. */
export interface ResponseSink {
  onHead(head: ResponseHead): void;
  /** @param view - Only valid during the call: an implementation that keeps it copies it. */
  onBody(view: Buffer): void;
}

/** Interim responses before the final one. Servers send one or two; without a limit, they could go on for ever. */
const MAX_INTERIM_RESPONSES = 16;
const END_OF_HEAD = Buffer.from('\r\n\r\n');

/** Reads one response after the other from the bytes of a connection, whatever the pieces in which they arrive. */
export class ResponseReader {
  /** Whether a byte of the response has come. */
  hasStarted = false;
  isDone = false;
  keepsAlive = false;
  #sink: ResponseSink | undefined;
  #isInBody = false;
  #bodyBytes = 0;
  #interimResponses = 0;
  readonly #partialHead = new PartialHead();
  readonly #chunks = new ChunkedReader();

  /** Fields after a chunked body. */
  get trailers(): RawHeaders {
    return this.#bodyBytes === CHUNKED ? this.#chunks.trailers : [];
  }

  /** Begins another response. */
  start(sink: ResponseSink): void {
    this.#sink = sink;
    this.hasStarted = false;
    this.isDone = false;
    this.keepsAlive = false;
    this.#isInBody = false;
    this.#interimResponses = 0;
    this.#partialHead.reset();
  }

  /**
   * Takes bytes as they come. Bytes beyond the response's end make the connection unfit for another.
   *
   * @throws {@link MalformedResponse}
   */
  read(data: Buffer): void {
    this.hasStarted = true;
    let at = 0;
    // A final response may stand behind others in the same piece.
    while (at < data.length && !this.#isInBody && !this.isDone) at = this.#readHead(data, at);
    if (at < data.length && this.#isInBody && !this.isDone) at = this.#readBody(data, at);
    if (at < data.length) this.keepsAlive = false;
  }

  /** The connection has ended. @returns Whether that was the end of the response. */
  finish(): boolean {
    if (this.#isInBody && this.#bodyBytes === UNTIL_CLOSE) this.isDone = true;
    return this.isDone;
  }

  #readHead(data: Buffer, at: number): number {
    // Nearly every head comes whole, and is read as one text.
    const end = this.#partialHead.hasStarted ? -1 : data.indexOf(END_OF_HEAD, at);
    if (end === -1 || end - at > MAX_HEAD_BYTES)
      return this.#partialHead.read(data, at, (head) => this.#takeHead(head));
    this.#takeHead(parseResponseHead(data.toString('latin1', at, end)));
    return end + END_OF_HEAD.length;
  }

  #takeHead(head: ResponseHead): void {
    if (head.status < 200) {
      if (++this.#interimResponses > MAX_INTERIM_RESPONSES)
        throw new MalformedResponse('interim responses without end');
      return;
    }
    this.keepsAlive = head.keepsAlive;
    this.#bodyBytes = head.bodyBytes;
    this.#isInBody = head.bodyBytes !== 0;
    this.isDone = !this.#isInBody;
    if (head.bodyBytes === CHUNKED) this.#chunks.reset();
    this.#sink?.onHead(head);
  }

  #readBody(data: Buffer, at: number): number {
    if (this.#bodyBytes === CHUNKED) {
      const next = this.#chunks.read(data, at, (view) => this.#sink?.onBody(view));
      this.isDone = this.#chunks.isDone;
      return next;
    }
    if (this.#bodyBytes === UNTIL_CLOSE) {
      this.#sink?.onBody(data.subarray(at));
      return data.length;
    }
    const end = Math.min(data.length, at + this.#bodyBytes);
    this.#bodyBytes -= end - at;
    this.isDone = this.#bodyBytes === 0;
    this.#sink?.onBody(data.subarray(at, end));
    return end;
  }
}
