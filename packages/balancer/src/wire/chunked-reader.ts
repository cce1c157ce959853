import type { RawHeaders } from '../http/headers.js';
import { MalformedResponse, parseFields } from './response-head.js';

/** Longest line that gives a chunk's size: what is beyond its digits is an extension, and nobody needs one. */
const MAX_SIZE_LINE_BYTES = 1024;
const MAX_TRAILER_BYTES = 16 * 1024;
const SIZE_LINE = /^([0-9A-Fa-f]{1,12})[ \t]*(?:;.*)?\r\n$/;

const LF = 0x0a;
const SIZE = 0;
const DATA = 1;
const DATA_END = 2;
const TRAILERS = 3;

/** Reads a chunked body (RFC 9112, section 7.1), whatever the pieces in which it arrives. */
export class ChunkedReader {
  /** Fields after the last chunk. */
  trailers: RawHeaders = [];
  isDone = false;
  #state = SIZE;
  #remainingBytes = 0;
  /** The beginning of a line whose end has not come. */
  #line = '';
  #trailerLines = '';

  /** Makes it ready for another body. */
  reset(): void {
    this.trailers = [];
    this.isDone = false;
    this.#state = SIZE;
    this.#line = '';
    this.#trailerLines = '';
  }

  /**
   * @param data - Bytes as they came; looked at from `at`.
   * @param onData - Gets views of the body's bytes.
   * @returns Where the rest begins that is no part of the body; the end of `data` if it goes on.
   * @throws {@link MalformedResponse}
   */
  read(data: Buffer, at: number, onData: (view: Buffer) => void): number {
    let position = at;
    while (position < data.length && !this.isDone) {
      if (this.#state === DATA) {
        const end = Math.min(data.length, position + this.#remainingBytes);
        onData(data.subarray(position, end));
        this.#remainingBytes -= end - position;
        position = end;
        if (this.#remainingBytes === 0) this.#state = DATA_END;
      } else {
        position = this.#readLine(data, position);
      }
    }
    return position;
  }

  #readLine(data: Buffer, at: number): number {
    const end = data.indexOf(LF, at);
    const next = end === -1 ? data.length : end + 1;
    this.#line += data.toString('latin1', at, next);
    const maxBytes = this.#state === TRAILERS ? MAX_TRAILER_BYTES : MAX_SIZE_LINE_BYTES;
    if (this.#line.length + this.#trailerLines.length > maxBytes) throw new MalformedResponse('a line without an end');
    if (end !== -1) {
      const line = this.#line;
      this.#line = '';
      this.#takeLine(line);
    }
    return next;
  }

  #takeLine(line: string): void {
    if (!line.endsWith('\r\n')) throw new MalformedResponse('a bare LF among chunks');
    if (this.#state === SIZE) {
      const digits = SIZE_LINE.exec(line)?.[1];
      if (digits === undefined) throw new MalformedResponse('a chunk without a size');
      this.#remainingBytes = Number.parseInt(digits, 16);
      this.#state = this.#remainingBytes === 0 ? TRAILERS : DATA;
    } else if (this.#state === DATA_END) {
      if (line !== '\r\n') throw new MalformedResponse('a chunk that is longer than its size');
      this.#state = SIZE;
    } else if (line === '\r\n') {
      this.trailers = this.#trailerLines === '' ? [] : parseFields(this.#trailerLines);
      this.isDone = true;
    } else {
      this.#trailerLines += line;
    }
  }
}
