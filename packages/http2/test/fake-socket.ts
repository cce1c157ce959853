import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { type Frame, Frames } from './frames.js';

const HIGH_WATER_BYTES = 16 * 1024;
/** Of the event loop: a connection writes once in each, and not all at once. */
const TURNS = 8;

/** A socket without a peer: what is written to it goes as far as a test lets it. */
export class FakeSocket extends Duplex {
  /** What has gone out. */
  readonly sent = new Frames();
  readonly #preface: number;
  #skipped = 0;
  #isSlow = false;
  /** The write that is held: it goes out, or fails with an error. */
  #waiting: ((error?: Error) => void) | undefined;

  /** @param prefaceBytes - What comes before the first frame. */
  constructor(prefaceBytes = 0) {
    super({ writableHighWaterMark: HIGH_WATER_BYTES, allowHalfOpen: false });
    this.#preface = prefaceBytes;
  }

  get asSocket(): Socket {
    return this as unknown as Socket;
  }

  /** From now on each write is kept until {@link letOne} or {@link letAll}. */
  hold(): void {
    this.#isSlow = true;
  }

  /** One write goes out. */
  letOne(): void {
    const release = this.#waiting;
    this.#waiting = undefined;
    release?.();
  }

  letAll(): void {
    this.#isSlow = false;
    this.letOne();
  }

  /** Something arrives. */
  arrive(...parts: readonly Buffer[]): void {
    this.emit('data', Buffer.concat(parts));
  }

  /** What may be written now has gone out. @returns All frames there were. */
  async turn(): Promise<Frame[]> {
    for (let i = 0; i < TURNS; i++) await new Promise((resolve) => setImmediate(resolve));
    return this.sent.all;
  }

  // What a socket has and a stream has not.
  destroySoon(): void {
    this.end(() => this.destroy());
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error) => void): void {
    const go = (error?: Error) => {
      if (error) {
        callback(error);
        return;
      }
      const skipped = Math.min(this.#preface - this.#skipped, chunk.length);
      this.#skipped += skipped;
      this.sent.take(chunk.subarray(skipped));
      callback();
    };
    if (this.#isSlow) this.#waiting = go;
    else go();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    const fail = this.#waiting;
    this.#waiting = undefined;
    fail?.(new Error('the socket is gone'));
    callback(error);
  }
}
