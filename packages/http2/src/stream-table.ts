import { ConnectionFault, errorCode } from './protocol.js';
import type { Stream } from './stream.js';

/** How many are remembered: frames that were under way when a stream was reset come soon after. */
const MAX_REMEMBERED = 1024;

/** The streams of a connection, and for a while those that were (RFC 9113, section 5.1). */
export class StreamTable {
  readonly #open = new Map<number, Stream>();
  /** Those that are over: whether this side has reset it, so that its peer could not know when it sent what comes next. */
  readonly #wasResetHere = new Map<number, boolean>();

  get size(): number {
    return this.#open.size;
  }

  get(id: number): Stream | undefined {
    return this.#open.get(id);
  }

  add(stream: Stream): void {
    this.#open.set(stream.id, stream);
  }

  /** All at this moment. */
  all(): Stream[] {
    return [...this.#open.values()];
  }

  /** It is over. */
  remove(id: number, wasResetHere: boolean): void {
    this.#open.delete(id);
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
