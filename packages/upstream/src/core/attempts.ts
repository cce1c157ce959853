import { Ticket } from './admission.js';
import type { Outcome } from './outcome.js';

/**
 * One request: its place in the queue, the instances it has been to, and how each of its tries ended. The group keeps
 * it; callers read it.
 */
export class Attempts extends Ticket {
  /** The slot of each try, in the order in which they began. */
  readonly tried: number[] = [];
  /** How they ended, in the same order; a try under way has none. */
  readonly outcomes: Outcome[] = [];
  /** When they began, in milliseconds. */
  readonly startedMs: number[] = [];
  /** An unsigned 32-bit number for `consistent_hash`; -1 for none. */
  readonly hash: number;
  /** How many tries have ended. */
  ended = 0;
  /** Tries beyond the first pass, the one that waits out its back-off included. */
  laterTries = 0;
  /** Tries up to here do not keep an instance from being tried again. */
  passStart = 0;
  /** Whether a try beyond the first pass was granted that has not started. */
  hasGrant = false;
  /** Tries that hold a part of the retry budget; made when there are any. */
  granted: Set<number> | undefined = undefined;

  /** @param hash - What `hashOf` makes of the key that requests are kept together by. */
  constructor(hash = -1) {
    super();
    this.hash = hash;
  }

  /** Whether the instance was tried in this pass. */
  wasTried(slot: number): boolean {
    const { tried } = this;
    for (let n = this.passStart; n < tried.length; n++) {
      if (tried[n] === slot) return true;
    }
    return false;
  }
}
