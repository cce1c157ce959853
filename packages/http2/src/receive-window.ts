/** What a peer may send before more is given (RFC 9113, section 5.2). */
export class ReceiveWindow {
  readonly #wholeBytes: number;
  #leftBytes: number;
  /** Used up, and not given back yet. */
  #unreturnedBytes = 0;

  constructor(wholeBytes: number) {
    this.#wholeBytes = wholeBytes;
    this.#leftBytes = wholeBytes;
  }

  /** So much has come. @returns False if that was more than there was room for. */
  take(bytes: number): boolean {
    this.#leftBytes -= bytes;
    return this.#leftBytes >= 0;
  }

  /**
   * So much has been used. Half a window is given back at once: each frame that does so costs something.
   *
   * @returns What is to be given back now, in bytes. 0: nothing yet.
   */
  use(bytes: number): number {
    this.#unreturnedBytes += bytes;
    if (this.#unreturnedBytes < this.#wholeBytes / 2) return 0;
    const returned = this.#unreturnedBytes;
    this.#unreturnedBytes = 0;
    this.#leftBytes += returned;
    return returned;
  }
}
