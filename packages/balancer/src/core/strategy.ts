/** What a strategy sees of a group when it picks. Instances are known by their place in the configured order. */
export interface GroupView {
  readonly size: number;
  /** Whether the instance may be picked for this try: not tried before, and taking requests. */
  isEligible(index: number): boolean;
  /** Tries under way there. */
  inFlight(index: number): number;
}

/**
 * Decides which instance a try goes to. A strategy keeps its own state, reads no clock and makes no random number:
 * both are arguments, so that it can be driven by the million with fake time.
 */
export interface Strategy {
  /**
   * @param nowMs - A monotonic time in milliseconds.
   * @param random - A number in [0, 1).
   * @returns The index of an eligible instance, or -1 if there is none.
   */
  pick(view: GroupView, nowMs: number, random: number): number;
}
