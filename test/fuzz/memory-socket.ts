import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/** A socket without a peer: its test says what arrives, and reads what went out. */
export class MemorySocket extends Duplex {
  readonly remoteAddress = '192.0.2.1';
  /** What has gone out. */
  readonly sent: Buffer[] = [];

  constructor() {
    super({ allowHalfOpen: true });
    this.on('error', () => {});
  }

  get asSocket(): Socket {
    return this as unknown as Socket;
  }

  /** Something arrives, unless the socket is gone. */
  arrive(chunk: Buffer): void {
    if (!this.destroyed && !this.readableEnded) this.push(chunk);
  }

  /** The other side sends no more. */
  finish(): void {
    if (!this.destroyed) this.push(null);
  }

  // What a socket has and a stream has not.
  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once('finish', () => this.destroy());
  }

  resetAndDestroy(): this {
    return this.destroy();
  }

  setTimeout(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  override _read(): void {}

  override _write(chunk: Buffer | string, encoding: BufferEncoding, done: () => void): void {
    // A kernel has copied it when a write is done; its memory is used again.
    this.sent.push(Buffer.isBuffer(chunk) ? Buffer.from(chunk) : Buffer.from(chunk, encoding));
    done();
  }
}

/** All that is due now has been done: what arrived was read, and what that led to. */
export async function settled(turns = 4): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
}
