import type { FieldSink } from '@flotilla/http-server/rpc';
import { ReceiveBuffer } from '@flotilla/http2';
import { Utf8Field } from './utf8-field.js';

/** Takes the text of a message as it comes. */
export interface TextSink {
  /**
   * A text begins. One that came before it does not count.
   *
   * @param restBytes - What the message has behind it; undefined: that is not known.
   */
  beginText(lengthBytes: number, restBytes: number | undefined): void;
  /** Bytes that are UTF-8, but for a character that is cut by their end. */
  text(chunk: Buffer): void;
  endText(): void;
}

/** Numbers of the fields of all requests that are a text. */
const field = { text: 1, requestId: 2, flag: 3 } as const;

/** The fields of a request that is a text, as they are read: the last of each counts. */
export class TextFields implements FieldSink {
  requestId = '';
  /** `include_frequencies` or `omit_cleaned_text`. */
  flag = false;
  readonly #sink: TextSink;
  readonly #hasFlag: boolean;
  #utf8 = new Utf8Field(0);
  #isInText = false;
  readonly #idPieces = new ReceiveBuffer();

  /** @param hasFlag - Whether field 3 is declared. */
  constructor(sink: TextSink, hasFlag: boolean) {
    this.#sink = sink;
    this.#hasFlag = hasFlag;
  }

  kindOf(fieldNumber: number): 'bytes' | 'bool' | undefined {
    if (fieldNumber === field.flag) return this.#hasFlag ? 'bool' : undefined;
    return fieldNumber === field.text || fieldNumber === field.requestId ? 'bytes' : undefined;
  }

  begin(fieldNumber: number, lengthBytes: number, restBytes: number | undefined): void {
    this.#utf8 = new Utf8Field(lengthBytes);
    this.#isInText = fieldNumber === field.text;
    if (this.#isInText) this.#sink.beginText(lengthBytes, restBytes);
    else this.#idPieces.clear();
  }

  bytes(chunk: Buffer): void {
    this.#utf8.add(chunk);
    if (this.#isInText) this.#sink.text(chunk);
    else this.#idPieces.keep(chunk);
  }

  end(): void {
    this.#utf8.end();
    if (this.#isInText) this.#sink.endText();
    else this.requestId = Buffer.concat(this.#idPieces.takeAll()).toString();
  }

  bool(_fieldNumber: number, value: boolean): void {
    this.flag = value;
  }
}
