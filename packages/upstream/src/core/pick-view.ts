import { Attempts } from './attempts.js';
import type { EndpointSet } from './endpoint-set.js';
import { type Member, RANK } from './member.js';
import { slowStartShare } from './slow-start.js';
import type { GroupView } from './strategy.js';

/** The view of one pick. There is one for all of them: making one for each would cost more than picking. */
export class PickView implements GroupView {
  readonly #roster: EndpointSet;
  readonly #maxInFlight: number;
  readonly #slowStartMs: number;
  #attempts = new Attempts();
  #nowMs = 0;
  minRank: number = RANK.usable;

  constructor(roster: EndpointSet, options: { maxInFlightPerInstance: number; slowStartMs: number }) {
    this.#roster = roster;
    this.#maxInFlight = options.maxInFlightPerInstance;
    this.#slowStartMs = options.slowStartMs;
  }

  aim(attempts: Attempts, nowMs: number): void {
    this.#attempts = attempts;
    this.#nowMs = nowMs;
    this.minRank = this.#roster.minRank;
  }

  get size(): number {
    return this.#roster.slots.length;
  }

  get hash(): number {
    return this.#attempts.hash;
  }

  isEligible(slot: number): boolean {
    const member = this.#member(slot);
    return member.rank >= this.minRank && member.counts.inFlight < this.#maxInFlight && !this.#attempts.wasTried(slot);
  }

  inFlight(slot: number): number {
    return this.#member(slot).counts.inFlight;
  }

  weight(slot: number): number {
    return this.#member(slot).weight;
  }

  share(slot: number): number {
    return slowStartShare(this.#member(slot).rampStartMs, this.#slowStartMs, this.#nowMs);
  }

  /** An idle instance that nothing is known of costs nothing: it gets one try, and while that is under way, no more. */
  latencyMs(slot: number): number {
    const { peakLatency, counts } = this.#member(slot);
    return peakLatency.isKnown || counts.inFlight > 0 ? peakLatency.at(this.#nowMs) : 0;
  }

  seed(slot: number): number {
    return this.#member(slot).seed;
  }

  /** Whether an instance is left that was not tried in this pass, usable or not; with room, or whether it has any. */
  hasUntried(needsRoom: boolean): boolean {
    for (const { rank, slot, counts } of this.#roster.slots) {
      if (rank === RANK.none || this.#attempts.wasTried(slot)) continue;
      if (!needsRoom || counts.inFlight < this.#maxInFlight) return true;
    }
    return false;
  }

  hasUntriedHealthyEndpoint(): boolean {
    return this.#roster.slots.some(
      ({ rank, slot, counts }) =>
        rank === RANK.usable && counts.inFlight < this.#maxInFlight && !this.#attempts.wasTried(slot),
    );
  }

  #member(slot: number): Member {
    return this.#roster.slots[slot] as Member;
  }
}
