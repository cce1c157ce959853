import { isUtf8 } from 'node:buffer';
import { constants, fstatSync, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { addAbortSignal, type Readable } from 'node:stream';
import { spaceLength } from './cut.js';
import { cannotRead, type FoundText, kindOf } from './find-text.js';
import { ClientError } from './problems.js';
import { isEmpty, notUtf8, type TextSource } from './text-file.js';

/** A word is not cut, and a stream can't be read again: so much is held for one word at most. */
const MAX_WORD_BYTES = 64 * 1024 * 1024;

/** A part of a stream, cut at white space and held until it is counted, so that it can be sent again. */
export interface TextPiece extends TextSource {
  /** Offset in the stream. */
  readonly start: number;
  readonly bytes: Buffer;
}

/**
 * A text that comes once, from its beginning to its end: standard input or a named pipe.
 */
export class TextStream implements Disposable {
  readonly path: string;
  readonly #stream: Readable;
  #sizeBytes = 0;

  private constructor(path: string, stream: Readable) {
    this.path = path;
    this.#stream = stream;
  }

  /**
   * Opens what is no file. It waits for nothing: a named pipe without a writer is one whose text has not come yet.
   *
   * @param signal - Ends every wait for the text.
   * @throws ClientError when it may not be read.
   */
  static open(found: FoundText, signal: AbortSignal): TextStream {
    return new TextStream(found.path, addAbortSignal(signal, readableOf(found)));
  }

  /** What was cut off so far; at its end, the length of the text. */
  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /**
   * The text in pieces, as it comes.
   *
   * @param pieceBytes - What a piece has about; more only where a word is longer.
   * @throws ClientError when the text is empty, is not UTF-8, or has a word that is too long to be held.
   */
  async *pieces(pieceBytes: number): AsyncGenerator<TextPiece> {
    let held: Buffer[] = [];
    let heldBytes = 0;
    let enoughBytes = pieceBytes;
    for await (const chunk of this.#chunks()) {
      held.push(chunk);
      heldBytes += chunk.length;
      if (heldBytes < enoughBytes) continue;
      const all = Buffer.concat(held);
      const border = lastBorder(all);
      if (border === 0 && heldBytes > MAX_WORD_BYTES) throw this.#wordTooLong();
      // No border: what is held is looked through again only when it has doubled.
      enoughBytes = border === 0 ? 2 * heldBytes : pieceBytes;
      if (border > 0) yield this.#textPiece(all.subarray(0, border));
      // Memory of its own, so that it does not keep the piece.
      held = [Buffer.from(all.subarray(border))];
      heldBytes = all.length - border;
    }
    if (heldBytes > 0) yield this.#textPiece(Buffer.concat(held));
    if (this.#sizeBytes === 0) throw isEmpty(this.path);
  }

  async *#chunks(): AsyncGenerator<Buffer> {
    try {
      for await (const chunk of this.#stream) yield chunk as Buffer;
    } catch (error) {
      throw cannotRead(this.path, error);
    }
  }

  #textPiece(bytes: Buffer): TextPiece {
    const start = this.#sizeBytes;
    if (!isUtf8(bytes)) throw notUtf8(this.path, bytes, start);
    this.#sizeBytes += bytes.length;
    const changed = () => new ClientError(`a piece of ${this.path} is not as long as it was`);
    async function* slices() {
      yield bytes;
    }
    return { start, bytes, slices, changed };
  }

  #wordTooLong(): ClientError {
    return new ClientError(
      `${this.path} has a word behind offset ${this.#sizeBytes} that is too long to be sent`,
      `Of a text that comes as a stream ${MAX_WORD_BYTES} bytes without white space are held. Keep it in a file.`,
    );
  }

  /** Ends a wait for the text, too. */
  [Symbol.dispose](): void {
    this.#stream.destroy();
  }
}

function readableOf({ path, descriptor }: FoundText): Readable {
  if (descriptor === 0) return process.stdin;
  return new Socket({ fd: descriptor ?? openPipe(path), readable: true, writable: false });
}

/**
 * Opens a named pipe without waiting for its writer. A blocking open would hold a thread, and with it the end of the
 * process, for as long as no writer comes.
 */
function openPipe(path: string): number {
  try {
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    if (kindOf(fstatSync(descriptor)) === 'pipe') return descriptor;
  } catch (error) {
    throw cannotRead(path, error);
  }
  throw new ClientError(`${path} is no longer the pipe that it was`);
}

/** Offset behind the last white-space character; 0 where there is none. */
function lastBorder(bytes: Uint8Array): number {
  for (let offset = bytes.length - 1; offset >= 0; offset--) {
    const length = spaceLength(bytes, offset);
    if (length > 0) return offset + length;
  }
  return 0;
}
