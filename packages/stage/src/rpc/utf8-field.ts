import { isUtf8 } from 'node:buffer';
import { malformed } from '@flotilla/http-server/rpc';
import { TextError, Utf8Stream } from '@flotilla/text';

const INVALID = 'The encoded data was not valid for encoding utf-8';

/** Checks a string of a message, which comes in pieces: protobuf takes no other than UTF-8. */
export class Utf8Field {
  readonly #lengthBytes: number;
  #stream: Utf8Stream | undefined;

  constructor(lengthBytes: number) {
    this.#lengthBytes = lengthBytes;
  }

  /** @throws ConnectError */
  add(chunk: Buffer): void {
    if (chunk.length === this.#lengthBytes) {
      if (!isUtf8(chunk)) throw malformed(INVALID);
      return;
    }
    this.#stream ??= new Utf8Stream();
    const stream = this.#stream;
    asFault(() => stream.accept(chunk));
  }

  /** @throws ConnectError if the string ends within a character. */
  end(): void {
    asFault(() => this.#stream?.end());
  }
}

function asFault(check: () => void): void {
  try {
    check();
  } catch (error) {
    throw error instanceof TextError ? malformed(INVALID) : error;
  }
}
