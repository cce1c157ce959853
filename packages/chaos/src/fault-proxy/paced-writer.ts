import type { Socket } from 'node:net';
import type { Pace } from './fault.js';

/** Beyond so much that waits, no more is read. */
const MAX_WAITING_BYTES = 64 * 1024;

/** Writes to a socket, slowed down or not, and in the order in which it was given. */
export class PacedWriter {
  readonly #to: Socket;
  readonly #waiting: { chunk: Buffer; readonly sinceMs: number }[] = [];
  #waitingBytes = 0;
  #pace: Pace | undefined;
  #lastMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #isEnding = false;

  constructor(to: Socket) {
    this.#to = to;
  }

  /** False: more should come only after the next {@link onRoom}. */
  get hasRoom(): boolean {
    return this.#waitingBytes < MAX_WAITING_BYTES && !this.#to.writableNeedDrain;
  }

  onRoom: () => void = () => {};

  /** What waits goes out at the new pace; without one, at once. */
  setPace(pace: Pace | undefined): void {
    this.#pace = pace;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#next();
  }

  write(chunk: Buffer): void {
    this.#waiting.push({ chunk, sinceMs: performance.now() });
    this.#waitingBytes += chunk.length;
    this.#next();
  }

  /** Ends the socket's writing once all has gone out. */
  end(): void {
    this.#isEnding = true;
    this.#next();
  }

  /** Drops what waits. */
  close(): void {
    clearTimeout(this.#timer);
    this.#waiting.length = 0;
    this.#waitingBytes = 0;
  }

  #next(): void {
    while (this.#timer === undefined) {
      const first = this.#waiting[0];
      if (!first) break;
      const waitMs = this.#waitOf(first.sinceMs);
      if (waitMs > 0) this.#timer = setTimeout(() => this.#wake(), waitMs);
      else this.#send(first);
    }
    if (this.#isEnding && this.#waiting.length === 0) this.#to.end();
  }

  #wake(): void {
    this.#timer = undefined;
    const first = this.#waiting[0];
    if (first) this.#send(first);
    this.#next();
    if (this.hasRoom) this.onRoom();
  }

  #waitOf(sinceMs: number): number {
    if (!this.#pace) return 0;
    const from = this.#pace.inTurn ? Math.max(this.#lastMs, sinceMs) : sinceMs;
    return Math.ceil(from + this.#pace.waitMs - performance.now());
  }

  #send(first: { chunk: Buffer }): void {
    const bytes = Math.min(first.chunk.length, this.#pace?.bytes ?? Number.POSITIVE_INFINITY);
    this.#to.write(first.chunk.subarray(0, bytes));
    this.#waitingBytes -= bytes;
    this.#lastMs = performance.now();
    if (bytes === first.chunk.length) this.#waiting.shift();
    else first.chunk = first.chunk.subarray(bytes);
  }
}
