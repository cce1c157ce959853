/** Counts what all bodies of a process keep so that they can be sent again, against their common limit. */
export class ReplayBudget {
  readonly #totalBytes: number;
  #keptBytes = 0;

  /** @param totalBytes - 0 keeps none. */
  constructor(totalBytes: number) {
    this.#totalBytes = totalBytes;
  }

  get keptBytes(): number {
    return this.#keptBytes;
  }

  /** Takes bytes for a body; false if the limit stands against it. */
  take(bytes: number): boolean {
    if (this.#keptBytes + bytes > this.#totalBytes) return false;
    this.#keptBytes += bytes;
    return true;
  }

  giveBack(bytes: number): void {
    this.#keptBytes -= bytes;
  }
}
