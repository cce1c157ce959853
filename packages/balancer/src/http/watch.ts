/** What wants to be looked at now and then. */
export interface Watched {
  check(nowMs: number): void;
}

/** Longest and shortest time between two looks, in ms: fine enough for limits of seconds, and no load. */
const MAX_LOOK_MS = 250;
const MIN_LOOK_MS = 5;
/** Looks within the shortest time that matters: how exact it is kept. */
const LOOKS = 8;

/**
 * Looks at everything that is under way, a few times a second. One timer for all requests instead of several for each:
 * Node keeps a list per duration, and what is left of a deadline is another duration every time.
 */
export class Watch<Each extends Watched> {
  readonly #watched = new Set<Each>();
  readonly #timer: NodeJS.Timeout;

  /**
   * @param shortestMs - The shortest time limit that is looked after.
   * @param afterwards - Called after each look.
   */
  constructor(shortestMs: number, afterwards: (nowMs: number) => void) {
    const lookMs = Math.min(MAX_LOOK_MS, Math.max(MIN_LOOK_MS, shortestMs / LOOKS));
    this.#timer = setInterval(() => {
      const nowMs = performance.now();
      for (const each of this.#watched) each.check(nowMs);
      afterwards(nowMs);
    }, lookMs).unref();
  }

  get all(): Iterable<Each> {
    return this.#watched;
  }

  add(watched: Each): void {
    this.#watched.add(watched);
  }

  remove(watched: Each): void {
    this.#watched.delete(watched);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
