import type { GroupView, Strategy } from '../strategy.js';

/** Ten tenths do not add up to 1 in binary fractions. */
const WHOLE = 1 - 1e-9;

/**
 * Round robin: each try goes to the next instance after the one that was picked last. Retries move the turn on too;
 * otherwise the instance behind a dead one would get its share as well. Weights are ignored.
 *
 * Slow start takes turns away: an instance saves up its share at each of its turns, and takes the turn when it has
 * saved a whole one (deficit round robin, Shreedhar and Varghese 1995). Without slow start nothing is saved, and the
 * turns are exactly even.
 */
export class RoundRobin implements Strategy {
  #next = 0;
  readonly #saved: number[] = [];

  pick(view: GroupView): number {
    const { size } = view;
    let richest = -1;
    for (let step = 0; step < size; step++) {
      const slot = (this.#next + step) % size;
      if (!view.isEligible(slot)) continue;
      const share = view.share(slot);
      if (share === 1) return this.#take(slot, size);
      const saved = this.#save(slot, share);
      if (saved >= WHOLE) {
        this.#saved[slot] = saved - 1;
        return this.#take(slot, size);
      }
      if (richest === -1 || saved > (this.#saved[richest] ?? 0)) richest = slot;
    }
    if (richest === -1) return -1;
    // All are in slow start: the one that has saved most takes the turn, and owes the rest.
    this.#saved[richest] = (this.#saved[richest] ?? 0) - 1;
    return this.#take(richest, size);
  }

  #save(slot: number, share: number): number {
    const saved = (this.#saved[slot] ?? 0) + share;
    this.#saved[slot] = saved;
    return saved;
  }

  #take(slot: number, size: number): number {
    this.#next = (slot + 1) % size;
    return slot;
  }
}
