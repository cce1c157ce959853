/**
 * How many entries of a table one slice of work goes through: a few milliseconds, so that a caller who lets others run
 * between slices never holds an event loop for long.
 */
export const SLICE_ENTRIES = 8_192;

/** Runs sliced work to its end at once, for callers with nothing else to do meanwhile. */
export function finish<Result>(slices: Generator<unknown, Result>): Result {
  for (;;) {
    const step = slices.next();
    if (step.done === true) return step.value;
  }
}
