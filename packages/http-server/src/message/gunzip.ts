import { createGunzip, type Gunzip } from 'node:zlib';
import { FlotillaError } from '@flotilla/contracts';

/** Where unpacked bytes go. */
export interface UnpackedSink {
  /** False: wait for {@link Unpacking.resume} before more is handed over. What it throws ends the unpacking. */
  chunk(chunk: Buffer): boolean;
  /** It throws nothing, and nor does {@link fail}: they are called by zlib. */
  end(): void;
  fail(error: Error): void;
}

/** Of zlib, where what it was given is at fault: no gzip, its end is missing, or it needs what gzip does not have. */
const FAULTS: ReadonlySet<string | undefined> = new Set(['Z_DATA_ERROR', 'Z_BUF_ERROR', 'Z_NEED_DICT']);

/** Of unpacked bytes that are handed over at once. Beside what the next piece needs, no more than two of them are held. */
const CHUNK_BYTES = 64 * 1024;

/**
 * Unpacks gzip as it comes, in Node's pool of threads: the event loop gets a piece at a time. Members that follow each other
 * are one text (RFC 1952, section 2.2), and zeros behind the last one are padding, as `gunzip` has it; anything else there
 * is an error, where `gunzip` warns of it.
 */
export class Unpacking {
  readonly #sink: UnpackedSink;
  readonly #onRoom: () => void;
  readonly #zlib: Gunzip;
  /** Pieces behind the one that is being unpacked. */
  readonly #waiting: Buffer[] = [];
  #isBusy = false;
  #givenBytes = 0;
  /** Whether the last member is over, and what still comes can only be padding. */
  #isInPadding = false;
  #isInputEnded = false;
  #isOutputEnded = false;
  #isFlushing = false;
  /** Why it has ended before its end. */
  #failure: Error | undefined;

  /** @param onRoom - Called when there is room again after {@link write} has said that there is none. It throws nothing. */
  constructor(sink: UnpackedSink, onRoom: () => void) {
    this.#sink = sink;
    this.#onRoom = onRoom;
    this.#zlib = createGunzip({ chunkSize: CHUNK_BYTES });
    this.#zlib.on('data', (chunk: Buffer) => this.#take(chunk));
    this.#zlib.on('end', () => {
      this.#isOutputEnded = true;
      this.#goOn();
    });
    this.#zlib.on('error', (error: NodeJS.ErrnoException) => this.fail(asFault(error)));
  }

  /**
   * @param chunk - Must not change afterwards.
   * @returns False: there should come no more until there is room.
   * @throws what it has failed with.
   */
  write(chunk: Buffer): boolean {
    if (this.#failure) throw this.#failure;
    this.#waiting.push(chunk);
    this.#goOn();
    return !this.#isBusy;
  }

  /** The packed bytes are whole. */
  end(): void {
    this.#isInputEnded = true;
    this.#goOn();
  }

  /** The sink has room again. */
  resume(): void {
    this.#zlib.resume();
  }

  /** Nothing more is unpacked. */
  fail(error: Error): void {
    if (this.#failure) return;
    this.#failure = error;
    this.#waiting.length = 0;
    this.#zlib.destroy();
    this.#sink.fail(error);
    this.#onRoom();
  }

  #take(chunk: Buffer): void {
    if (this.#failure) return;
    try {
      if (!this.#sink.chunk(chunk)) this.#zlib.pause();
    } catch (error) {
      this.fail(error as Error);
    }
  }

  #goOn(): void {
    while (!this.#isBusy && !this.#failure) {
      const chunk = this.#waiting.shift();
      if (chunk) this.#unpack(chunk);
      else {
        if (this.#isInputEnded) this.#complete();
        return;
      }
    }
  }

  #unpack(chunk: Buffer): void {
    if (this.#isInPadding) {
      this.#checkPadding(chunk);
      return;
    }
    this.#givenBytes += chunk.length;
    this.#isBusy = true;
    this.#zlib.write(chunk, () => {
      this.#isBusy = false;
      if (this.#failure) return;
      const unreadBytes = this.#givenBytes - this.#zlib.bytesWritten;
      if (unreadBytes > 0) {
        this.#isInPadding = true;
        this.#checkPadding(chunk.subarray(chunk.length - unreadBytes));
      }
      this.#goOn();
      if (!this.#isBusy) this.#onRoom();
    });
  }

  #checkPadding(bytes: Buffer): void {
    if (bytes.some((byte) => byte !== 0)) this.fail(new FlotillaError('FLT_INVALID_ENCODING'));
  }

  #complete(): void {
    if (this.#givenBytes === 0) {
      this.fail(new FlotillaError('FLT_INVALID_ENCODING'));
    } else if (this.#isOutputEnded) {
      // Nothing of it is told twice.
      this.#failure = new Error('it is unpacked');
      this.#sink.end();
    } else if (!this.#isFlushing) {
      this.#isFlushing = true;
      this.#zlib.end();
    }
  }
}

function asFault(error: NodeJS.ErrnoException): Error {
  return FAULTS.has(error.code) ? new FlotillaError('FLT_INVALID_ENCODING') : error;
}
