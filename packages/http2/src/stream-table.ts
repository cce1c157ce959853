import { ConnectionFault, errorCode } from './protocol.js';
import type { Stream } from './stream.js';

/** How many are remembered: frames that were under way when a stream was reset come soon after. */
const MAX_REMEMBERED = 1024;

/** The streams of a connection, and for a while those that were (RFC 9113, section 5.1). */
export class StreamTable {
  /** No `Map`: what comes and goes in one is carried into the old generation with it. There are few at a time. */
  readonly #open: Stream[] = [];
  /** Those that are over: whether this side has reset it, so that its peer could not know when it sent what comes next. */
  readonly #wasResetHere = new Map<number, boolean>();

  get size(): number {
    return this.#open.length;
  }

  get(id: number): Stream | undefined {
    for (const stream of this.#open) if (stream.id === id) return stream;
    return undefined;
  }

  add(stream: Stream): void {
    this.#open.push(stream);
  }

  /** All at this moment. */
  all(): Stream[] {
    return [...this.#open];
  }

  /** It is over. */
  remove(id: number, wasResetHere: boolean): void {
    const index = this.#open.findIndex((stream) => stream.id === id);
    const last = this.#open[this.#open.length - 1];
    if (index !== -1 && last) {
      this.#open[index] = last;
      this.#open.pop();
    }
    this.#wasResetHere.set(id, wasResetHere);
    if (this.#wasResetHere.size <= MAX_REMEMBERED) return;
    for (const oldest of this.#wasResetHere.keys()) {
      this.#wasResetHere.delete(oldest);
      return;
    }
  }

  /** Whether it is known to have been. */
  wasOpen(id: number): boolean {
    return this.#wasResetHere.has(id);
  }

  wasResetHere(id: number): boolean {
    return this.#wasResetHere.get(id) === true;
  }

  /**
   * What a frame does that carries fields or data on a stream that is over.
   *
   * @throws ConnectionFault unless it may have been under way when the stream was reset.
   */
  late(id: number): undefined {
    if (this.wasResetHere(id)) return undefined;
    throw new ConnectionFault(errorCode.streamClosed, 'a stream that is over');
  }
}
