import { ConnectionFault, errorCode } from './frames/protocol.js';
import { RecentIds } from './recent-ids.js';
import type { Stream } from './stream.js';

/** The streams of a connection, and for a while those that were (RFC 9113, section 5.1). */
export class StreamTable {
  /** No `Map`: what comes and goes in one is carried into the old generation with it. There are few at a time. */
  readonly #open: Stream[] = [];
  readonly #over = new RecentIds();
  /**
   * Those that this side has reset: the peer could not know when it sent what comes next. There are far fewer of them,
   * and the others must not make them be forgotten.
   */
  readonly #resetHere = new RecentIds();

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
    if (wasResetHere) this.#resetHere.add(id);
    else this.#over.add(id);
  }

  /** Whether it is known to have been. */
  wasOpen(id: number): boolean {
    return this.#over.has(id) || this.#resetHere.has(id);
  }

  /**
   * Of a frame that carries fields or data on a stream that is over.
   *
   * @throws ConnectionFault unless it may have been under way when the stream was reset.
   */
  requireLate(id: number): void {
    if (this.#resetHere.has(id)) return;
    throw new ConnectionFault(errorCode.streamClosed, 'a stream that is over');
  }
}
