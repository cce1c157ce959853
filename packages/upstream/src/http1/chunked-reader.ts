import type { RawHeaders } from './headers.js';
import { isText, LineReader } from './line-reader.js';
import { MalformedResponse, parseFields, saysLength } from './response-head.js';

/** Longest line that gives a chunk's size: what is beyond its digits is an extension, and none is needed. */
const MAX_SIZE_LINE_BYTES = 1024;
/** Digits of a size, zeros before it included: more than any body has, and fewer than a number can count. */
const MAX_SIZE_DIGITS = 12;
const MAX_TRAILER_BYTES = 16 * 1024;

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const SEMICOLON = 0x3b;

const SIZE = 0;
const BEHIND_SIZE = 1;
const EXTENSION = 2;
const SIZE_END = 3;
const DATA = 4;
const DATA_CR = 5;
const DATA_LF = 6;
const TRAILERS = 7;

/** Reads a chunked body (RFC 9112, section 7.1), whatever the pieces in which it arrives, and refuses the first byte that is wrong. */
export class ChunkedReader {
  /** Fields after the last chunk. */
  trailers: RawHeaders = [];
  isDone = false;
  #state = SIZE;
  #remainingBytes = 0;
  #sizeDigits = 0;
  #sizeLineBytes = 0;
  readonly #trailerLines = new LineReader(MAX_TRAILER_BYTES, (line) => this.#takeTrailer(line));

  /** Makes it ready for another body. */
  reset(): void {
    this.trailers = [];
    this.isDone = false;
    this.#startChunk();
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
        if (this.#remainingBytes === 0) this.#state = DATA_CR;
      } else if (this.#state === TRAILERS) {
        position = this.#trailerLines.read(data, position);
        this.isDone = this.#trailerLines.isDone;
      } else {
        this.#takeByte(data[position++] as number);
      }
    }
    return position;
  }

  #takeByte(byte: number): void {
    if (this.#state === DATA_CR) {
      if (byte !== CR) throw new MalformedResponse('a chunk that is longer than its size');
      this.#state = DATA_LF;
    } else if (this.#state === DATA_LF) {
      if (byte !== LF) throw new MalformedResponse('a bare CR among chunks');
      this.#startChunk();
    } else {
      this.#takeByteOfSize(byte);
    }
  }

  /** `size [blanks] [;extension] CRLF`. The extension is dropped. */
  #takeByteOfSize(byte: number): void {
    if (++this.#sizeLineBytes > MAX_SIZE_LINE_BYTES) throw new MalformedResponse('a line without an end');
    if (this.#state === SIZE_END) {
      if (byte !== LF) throw new MalformedResponse('a bare CR among chunks');
      this.#startData();
    } else if (byte === CR && this.#sizeDigits > 0) {
      this.#state = SIZE_END;
    } else if (this.#state === EXTENSION) {
      if (!isText(byte)) throw new MalformedResponse('a control character in an extension');
    } else if (byte === SEMICOLON && this.#sizeDigits > 0) {
      this.#state = EXTENSION;
    } else if ((byte === SPACE || byte === TAB) && this.#sizeDigits > 0) {
      this.#state = BEHIND_SIZE;
    } else {
      this.#takeDigit(byte);
    }
  }

  #takeDigit(byte: number): void {
    const digit = valueOfDigit(byte);
    if (digit === -1 || this.#state !== SIZE || ++this.#sizeDigits > MAX_SIZE_DIGITS) {
      throw new MalformedResponse('a chunk without a size');
    }
    this.#remainingBytes = this.#remainingBytes * 16 + digit;
  }

  #takeTrailer(line: string): void {
    const field = parseFields(line);
    // RFC 9110, section 6.5.1: a reader that puts them among the head's would see another response.
    if (saysLength(field[0] as string)) throw new MalformedResponse('a trailer that is of the head');
    this.trailers.push(...field);
  }

  #startChunk(): void {
    this.#state = SIZE;
    this.#remainingBytes = 0;
    this.#sizeDigits = 0;
    this.#sizeLineBytes = 0;
  }

  #startData(): void {
    if (this.#remainingBytes > 0) {
      this.#state = DATA;
      return;
    }
    this.#state = TRAILERS;
    this.#trailerLines.start(false);
  }
}

/** Of a hexadecimal digit; -1 for any other byte. */
function valueOfDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : -1;
}
