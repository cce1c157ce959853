/** Who has been told to wait until less is held. */
export interface RoomWaiter {
  onRoom(): void;
}

/**
 * What a process holds of requests: what has come and is not passed on yet, and what is kept so that it can be sent again. At the
 * bound nothing that is held grows: windows stay shut, and bodies are read no further ahead than it takes to begin them. What moves
 * goes on, so that a message of any size gets through.
 */
export class HeldBytes {
  /** 0 until the settings are read: nothing is bounded. */
  maxBytes = 0;
  #bytes = 0;
  readonly #waiters = new Set<RoomWaiter>();

  get bytes(): number {
    return this.#bytes;
  }

  get isFull(): boolean {
    return this.#bytes >= this.maxBytes && this.maxBytes > 0;
  }

  add(bytes: number): void {
    this.#bytes += bytes;
  }

  giveBack(bytes: number): void {
    this.#bytes -= bytes;
    if (this.#waiters.size > 0 && !this.isFull) this.#wake();
  }

  /** Tells once when there is room. */
  await(waiter: RoomWaiter): void {
    this.#waiters.add(waiter);
  }

  /** It is not told any more. */
  forget(waiter: RoomWaiter): void {
    this.#waiters.delete(waiter);
  }

  #wake(): void {
    const waiters = [...this.#waiters];
    this.#waiters.clear();
    for (const waiter of waiters) waiter.onRoom();
  }
}

/** One for the process: it is the process's memory. */
export const heldBytes = new HeldBytes();
