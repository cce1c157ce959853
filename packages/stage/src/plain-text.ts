import { Utf8Stream } from '@flotilla/text';
import type { OutgoingBody } from './outgoing-body.js';

/** Reads a body that is the text itself. What it hands on is whole and valid UTF-8 so far, but for a last cut code point. */
export class PlainTextReader {
  readonly #utf8 = new Utf8Stream();
  readonly #onPiece: (bytes: Uint8Array) => void;

  constructor(onPiece: (bytes: Uint8Array) => void) {
    this.#onPiece = onPiece;
  }

  /** @throws TextError INVALID_UTF8 */
  write(chunk: Uint8Array): void {
    this.#utf8.accept(chunk);
    this.#onPiece(chunk);
  }

  /** @throws TextError INVALID_UTF8 when the text ends within a code point */
  end(): void {
    this.#utf8.end();
  }
}

/** Writes a body that is the text itself. Its request id travels in the header. */
export class PlainTextWriter {
  readonly #next: OutgoingBody;

  constructor(next: OutgoingBody) {
    this.#next = next;
  }

  text(bytes: Uint8Array): void {
    this.#next.push(bytes);
  }

  end(): void {
    this.#next.end();
  }
}
