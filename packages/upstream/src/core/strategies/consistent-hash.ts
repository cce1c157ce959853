import { mix } from '../hash.js';
import type { GroupView, Strategy } from '../strategy.js';

/** How far above its fair part of the tries under way an instance may go before its keys move on. */
const LOAD_BOUND = 1.25;

/**
 * Rendezvous hashing (Thaler and Ravishankar 1998): each instance draws a lot for the request's key, and the best lot
 * wins. When an instance leaves, only its own keys move, evenly to all others; a retry goes to the second best, always
 * the same one. It keeps no ring or table to rebuild, and agrees in all processes, for lots depend on names alone. It
 * costs a hash per instance, which is the cheaper way up to some hundred instances.
 *
 * Weights by -ln(u) / weight (Schindelhauer and Schomaker 2005). Loads are bounded: an instance with more than 1.25
 * times its fair part of the tries under way passes its keys on (Mirrokni, Thorup and Zadimoghaddam 2018). A request
 * without a key goes to a random instance.
 */
export class ConsistentHash implements Strategy {
  pick(view: GroupView, _nowMs: number, random: number): number {
    const key = view.hash === -1 ? Math.floor(random * 2 ** 32) : view.hash;
    let weights = 0;
    let underWay = 1;
    for (let slot = 0; slot < view.size; slot++) {
      if (!view.isEligible(slot)) continue;
      weights += weightOf(view, slot);
      underWay += view.inFlight(slot);
    }
    let best = -1;
    let bestLot = Number.POSITIVE_INFINITY;
    for (let slot = 0; slot < view.size; slot++) {
      if (!view.isEligible(slot)) continue;
      const weight = weightOf(view, slot);
      // Rounded up, at least one instance is always below it: the bounds add up to more than the tries.
      if (view.inFlight(slot) >= Math.ceil((LOAD_BOUND * underWay * weight) / weights)) continue;
      const lot = -Math.log((mix(key ^ view.seed(slot)) + 0.5) / 2 ** 32) / weight;
      if (lot < bestLot) {
        best = slot;
        bestLot = lot;
      }
    }
    return best;
  }
}

function weightOf(view: GroupView, slot: number): number {
  return view.weight(slot) * view.share(slot);
}
