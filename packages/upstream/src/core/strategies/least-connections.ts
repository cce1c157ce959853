import type { GroupView, Strategy } from '../strategy.js';

/**
 * The instance with the fewest tries under way for its weight, counting the one to come, as HAProxy's `leastconn`:
 * (in flight + 1) / (weight × share of slow start). Among equals it is the next in turn. All are looked at; two random
 * choices only pay off for groups much larger than ours.
 */
export class LeastConnections implements Strategy {
  #next = 0;

  pick(view: GroupView): number {
    const { size } = view;
    let best = -1;
    let least = Number.POSITIVE_INFINITY;
    for (let step = 0; step < size; step++) {
      const slot = (this.#next + step) % size;
      if (!view.isEligible(slot)) continue;
      const cost = (view.inFlight(slot) + 1) / (view.weight(slot) * view.share(slot));
      if (cost < least) {
        best = slot;
        least = cost;
      }
    }
    if (best !== -1) this.#next = (best + 1) % size;
    return best;
  }
}
