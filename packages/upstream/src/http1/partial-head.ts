import type { RawHeaders } from './headers.js';
import { LineReader } from './line-reader.js';
import {
  frame,
  isOfFraming,
  MAX_HEAD_BYTES,
  parseFields,
  parseStatusLine,
  type ResponseHead,
  type StatusLine,
} from './response-head.js';

/**
 * A response's head that comes in several pieces. It is refused at the first line, or byte, with which no sound head
 * goes on: the rest may never come, and another instance could have been asked.
 */
export class PartialHead {
  /** Whether a part of it has come, and the rest has not. */
  hasStarted = false;
  readonly #lines = new LineReader(MAX_HEAD_BYTES, (line) => this.#takeLine(line));
  #statusLine: StatusLine | undefined;
  #headers: RawHeaders = [];

  /** Forgets what has come. */
  reset(): void {
    this.hasStarted = false;
  }

  /**
   * @param data - Bytes as they came; looked at from `at`.
   * @param onHead - Gets the head if this was the rest of it.
   * @returns Where the rest begins that is behind the head; the end of `data` if the head goes on.
   * @throws {@link MalformedResponse}
   */
  read(data: Buffer, at: number, onHead: (head: ResponseHead) => void): number {
    if (!this.hasStarted) {
      this.hasStarted = true;
      this.#statusLine = undefined;
      this.#headers = [];
      this.#lines.start(true);
    }
    const next = this.#lines.read(data, at);
    if (this.#lines.isDone) {
      this.hasStarted = false;
      onHead(frame(this.#statusLine as StatusLine, this.#headers));
    }
    return next;
  }

  #takeLine(line: string): void {
    if (!this.#statusLine) {
      this.#statusLine = parseStatusLine(line);
      return;
    }
    const field = parseFields(line);
    this.#headers.push(...field);
    // A second length, a coding beside one: what comes behind makes none of it sound.
    if (isOfFraming(field[0] as string)) frame(this.#statusLine, this.#headers);
  }
}
