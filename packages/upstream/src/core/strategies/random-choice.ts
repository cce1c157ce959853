import type { GroupView, Strategy } from '../strategy.js';

/** Any eligible instance, with a probability of its weight times its share of slow start. */
export class RandomChoice implements Strategy {
  pick(view: GroupView, _nowMs: number, random: number): number {
    let total = 0;
    for (let slot = 0; slot < view.size; slot++) {
      if (view.isEligible(slot)) total += view.weight(slot) * view.share(slot);
    }
    let left = random * total;
    let last = -1;
    for (let slot = 0; slot < view.size; slot++) {
      if (!view.isEligible(slot)) continue;
      last = slot;
      left -= view.weight(slot) * view.share(slot);
      if (left < 0) break;
    }
    return last;
  }
}
