/**
 * What a strategy sees of a group when it picks. Instances are known by their slot, a number below `size` that an
 * instance keeps for as long as it is a member. All of it is for the try at hand, and only valid during the pick.
 */
export interface GroupView {
  /** Slots, those of former members included: they are not eligible. */
  readonly size: number;
  /** The request's hash key, an unsigned 32-bit number; -1 if it has none. */
  readonly hash: number;
  /** Whether the instance may be picked for this try: not tried before, taking requests, below its limit. */
  isEligible(slot: number): boolean;
  /** Tries under way there. */
  inFlight(slot: number): number;
  /** Its configured weight, above 0; 1 unless set otherwise. Does not know of slow start. */
  weight(slot: number): number;
  /** Slow start: the share of its usual work that it should get now, from 0.1 to 1. 1 outside of slow start. */
  share(slot: number): number;
  /** Peak EWMA of its latency in milliseconds, as of now. */
  latencyMs(slot: number): number;
  /** An unsigned 32-bit number made of its name: the same in every process. */
  seed(slot: number): number;
}

/**
 * Decides which instance a try goes to. A strategy keeps its own state, reads no clock and makes no random number:
 * both are arguments, so that it can be driven by the million with fake time.
 */
export interface Strategy {
  /**
   * @param nowMs - A monotonic time in milliseconds.
   * @param random - A number in [0, 1).
   * @returns The slot of an eligible instance, or -1 if there is none.
   */
  pick(view: GroupView, nowMs: number, random: number): number;
}
