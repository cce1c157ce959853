import type { GroupView, Strategy } from '../strategy.js';

/**
 * Power of two choices (Mitzenmacher 2001) by peak EWMA (Finagle's `PeakEwma`, Linkerd): of two different instances at
 * random, the one with the lower latency × (tries under way + 1) / weight. An instance in slow start that is drawn
 * gives way to the other one, with a probability of what its share lacks.
 *
 * One random number makes all the choices: what an earlier one leaves of its 53 bits serves the next.
 */
export class PeakEwmaChoice implements Strategy {
  /** Kept between picks, so that a pick allocates nothing. */
  readonly #eligible: number[] = [];

  pick(view: GroupView, _nowMs: number, random: number): number {
    const count = this.#gather(view);
    if (count < 2) return count === 0 ? -1 : (this.#eligible[0] as number);
    const first = random * count;
    const a = Math.floor(first);
    const second = (first - a) * (count - 1);
    const skip = Math.floor(second);
    const slotA = this.#eligible[a] as number;
    const slotB = this.#eligible[(a + 1 + skip) % count] as number;
    const rest = second - skip;
    const shareA = view.share(slotA);
    const shareB = view.share(slotB);
    // Both in slow start: their latencies decide, as between two that are not.
    if (shareA < shareB && rest >= shareA / shareB) return slotB;
    if (shareB < shareA && rest >= shareB / shareA) return slotA;
    return cost(view, slotB) < cost(view, slotA) ? slotB : slotA;
  }

  #gather(view: GroupView): number {
    let count = 0;
    for (let slot = 0; slot < view.size; slot++) {
      if (view.isEligible(slot)) this.#eligible[count++] = slot;
    }
    return count;
  }
}

function cost(view: GroupView, slot: number): number {
  return (view.latencyMs(slot) * (view.inFlight(slot) + 1)) / view.weight(slot);
}
