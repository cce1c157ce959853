/** How many are remembered: frames that were under way when a stream was reset come soon after. */
const MAX_REMEMBERED = 1024;

/** Streams that are over, for a while: what still comes on one is let pass or is a fault (RFC 9113, section 5.1). */
export class ClosedStreams {
  readonly #wasResetHere = new Map<number, boolean>();

  /** @param wasResetHere - Its peer could not know when it sent what comes next. */
  add(id: number, wasResetHere: boolean): void {
    this.#wasResetHere.set(id, wasResetHere);
    if (this.#wasResetHere.size <= MAX_REMEMBERED) return;
    for (const oldest of this.#wasResetHere.keys()) {
      this.#wasResetHere.delete(oldest);
      return;
    }
  }

  has(id: number): boolean {
    return this.#wasResetHere.has(id);
  }

  wasResetHere(id: number): boolean {
    return this.#wasResetHere.get(id) === true;
  }
}
