import type { GroupView, Strategy } from '../strategy.js';

/**
 * Smooth weighted round robin, as in nginx (`ngx_http_upstream_round_robin.c`): at each pick, every eligible instance
 * gains its weight; the richest is picked and pays what all have gained. With weights 5, 1, 1 that gives a a b a c a a,
 * not five of a in a row. The effective weight is the weight times the share of slow start. nginx lowers it after
 * failures as well; here ejection does that, so that one failure does not make the turns uneven.
 */
export class WeightedRoundRobin implements Strategy {
  readonly #current: number[] = [];

  pick(view: GroupView): number {
    let best = -1;
    let most = Number.NEGATIVE_INFINITY;
    let total = 0;
    for (let slot = 0; slot < view.size; slot++) {
      if (!view.isEligible(slot)) continue;
      const weight = view.weight(slot) * view.share(slot);
      const current = (this.#current[slot] ?? 0) + weight;
      this.#current[slot] = current;
      total += weight;
      if (current > most) {
        best = slot;
        most = current;
      }
    }
    if (best !== -1) this.#current[best] = most - total;
    return best;
  }
}
