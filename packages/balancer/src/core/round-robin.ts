import type { GroupView, Strategy } from './strategy.js';

/**
 * Round robin: each try goes to the next instance after the one that was picked last. Retries move the turn on too;
 * otherwise the instance behind a dead one would get its share as well.
 */
export class RoundRobin implements Strategy {
  #next = 0;

  pick(view: GroupView): number {
    for (let step = 0; step < view.size; step++) {
      const index = (this.#next + step) % view.size;
      if (!view.isEligible(index)) continue;
      this.#next = (index + 1) % view.size;
      return index;
    }
    return -1;
  }
}
