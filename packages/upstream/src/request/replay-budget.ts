import { type HeldBytes, heldBytes } from '@flotilla/http2';

/** Counts what all bodies of a process keep so that they can be sent again, against their common limit, and all that they hold. */
export class ReplayBudget {
  readonly #totalBytes: number;
  readonly #held: HeldBytes;
  #keptBytes = 0;

  /** @param totalBytes - 0 keeps none. */
  constructor(totalBytes: number, held: HeldBytes = heldBytes) {
    this.#totalBytes = totalBytes;
    this.#held = held;
  }

  get keptBytes(): number {
    return this.#keptBytes;
  }

  /** Whether the process holds as much as it may, of whatever: a sender should not run ahead of its reader then. */
  get isHeldUp(): boolean {
    return this.#held.isFull;
  }

  /** Takes bytes for a body; false if the limit stands against it. */
  take(bytes: number): boolean {
    if (this.#held.isFull || this.#keptBytes + bytes > this.#totalBytes) return false;
    this.#keptBytes += bytes;
    return true;
  }

  /** So much is in memory, kept or only on its way. @param bytes - Below 0: so much less. */
  hold(bytes: number): void {
    if (bytes > 0) this.#held.add(bytes);
    else if (bytes < 0) this.#held.giveBack(-bytes);
  }

  giveBack(bytes: number): void {
    this.#keptBytes -= bytes;
  }
}
