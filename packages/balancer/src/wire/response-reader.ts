import type { RawHeaders } from '../http/headers.js';
import { ChunkedReader } from './chunked-reader.js';
import { CHUNKED, MalformedResponse, parseResponseHead, type ResponseHead, UNTIL_CLOSE } from './response-head.js';

/** Where a response goes as it is read. */
export interface ResponseSink {
  onHead(head: ResponseHead): void;
  /** @param view - Only valid during the call: whoever keeps it copies it. */
  onBody(view: Buffer): void;
}

/** Longest head of a response. Node's own limit is 16 KiB; nobody's answer needs four times that. */
const MAX_HEAD_BYTES = 64 * 1024;
const END_OF_HEAD = Buffer.from('\r\n\r\n');
const SWITCHING_PROTOCOLS = 101;

/** Reads one response after the other from the bytes of a connection, whatever the pieces in which they arrive. */
export class ResponseReader {
  /** Whether a byte of the response has come. */
  hasBegun = false;
  isDone = false;
  keepsAlive = false;
  #sink: ResponseSink | undefined;
  #isInBody = false;
  #bodyBytes = 0;
  /** The beginning of a head whose end has not come. */
  #partialHead: Buffer | undefined;
  readonly #chunks = new ChunkedReader();

  /** Fields after a chunked body. */
  get trailers(): RawHeaders {
    return this.#bodyBytes === CHUNKED ? this.#chunks.trailers : [];
  }

  /** Begins another response. */
  start(sink: ResponseSink): void {
    this.#sink = sink;
    this.hasBegun = false;
    this.isDone = false;
    this.keepsAlive = false;
    this.#isInBody = false;
    this.#partialHead = undefined;
  }

  /**
   * Takes bytes as they come. Bytes beyond the response's end make the connection unfit for another.
   *
   * @throws {@link MalformedResponse}
   */
  read(data: Buffer): void {
    this.hasBegun = true;
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
    const before = this.#partialHead?.length ?? 0;
    const rest = at === 0 ? data : data.subarray(at);
    const whole = this.#partialHead ? Buffer.concat([this.#partialHead, rest]) : rest;
    const end = whole.indexOf(END_OF_HEAD, Math.max(0, before - END_OF_HEAD.length + 1));
    if ((end === -1 ? whole.length : end) > MAX_HEAD_BYTES) throw new MalformedResponse('a head without an end');
    if (end === -1) {
      this.#partialHead = before === 0 ? Buffer.from(whole) : whole;
      return data.length;
    }
    this.#partialHead = undefined;
    this.#takeHead(parseResponseHead(whole.toString('latin1', 0, end)));
    return at + end + END_OF_HEAD.length - before;
  }

  #takeHead(head: ResponseHead): void {
    if (head.status === SWITCHING_PROTOCOLS) throw new MalformedResponse('a switch of protocols that nobody asked for');
    // An interim response: the final one is still to come.
    if (head.status < 200) return;
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
