/** How much of the requests' bodies may be kept so that they can be sent again. */
export interface ReplayLimits {
  /** Of one request, in bytes. 0 keeps none. */
  readonly perRequestBytes: number;
  /** Of all requests of the process, in bytes. 0 keeps none. */
  readonly totalBytes: number;
}

/** Counts what all bodies of a process keep, against their common limit. */
export class ReplayBudget {
  readonly limits: ReplayLimits;
  #keptBytes = 0;

  constructor(limits: ReplayLimits) {
    this.limits = limits;
  }

  get keptBytes(): number {
    return this.#keptBytes;
  }

  /** Takes bytes for a body that already keeps `alreadyBytes`; false if a limit stands against it. */
  take(bytes: number, alreadyBytes: number): boolean {
    if (alreadyBytes + bytes > this.limits.perRequestBytes) return false;
    if (this.#keptBytes + bytes > this.limits.totalBytes) return false;
    this.#keptBytes += bytes;
    return true;
  }

  giveBack(bytes: number): void {
    this.#keptBytes -= bytes;
  }
}
