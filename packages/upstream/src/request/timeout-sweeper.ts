import { callBack, type FaultTaker } from '@flotilla/http-server';

/** What wants to be looked at now and then. */
export interface Sweepable extends FaultTaker {
  /** Its place among those that are watched; the watch's to change. */
  watchIndex: number;
  check(nowMs: number): void;
}

/** Longest and shortest time between two looks, in ms: fine enough for limits of seconds, and no load. */
const MAX_SWEEP_INTERVAL_MS = 250;
const MIN_SWEEP_INTERVAL_MS = 5;
/** Looks within the shortest time that matters: how exact it is kept. */
const TICKS = 8;

/** What is not watched. */
export const UNWATCHED = -1;

/**
 * Looks at everything that is under way, a few times a second. One timer for all requests instead of several for each:
 * Node keeps a list per duration, and what is left of a deadline is another duration every time.
 *
 * It is an array, and no `Set`: a set that requests come and go in is rebuilt every few dozen requests, each table
 * points to its successor, and once one of them is old, all after it, and all requests in them, outlive the young
 * generation. Scavenges took ten times as long.
 */
export class TimeoutSweeper<Each extends Sweepable> {
  readonly #watched: Each[] = [];
  readonly #timer: NodeJS.Timeout;

  /**
   * @param shortestMs - The shortest time limit that is looked after.
   * @param afterwards - Called after each look.
   */
  constructor(shortestMs: number, afterwards: (nowMs: number) => void) {
    const sweepIntervalMs = Math.min(MAX_SWEEP_INTERVAL_MS, Math.max(MIN_SWEEP_INTERVAL_MS, shortestMs / TICKS));
    this.#timer = setInterval(() => {
      const nowMs = performance.now();
      for (const each of [...this.#watched]) callBack(each, each.check, nowMs);
      afterwards(nowMs);
    }, sweepIntervalMs).unref();
  }

  get all(): readonly Each[] {
    return this.#watched;
  }

  add(watched: Each): void {
    watched.watchIndex = this.#watched.push(watched) - 1;
  }

  remove(watched: Each): void {
    const index = watched.watchIndex;
    if (index === UNWATCHED) return;
    watched.watchIndex = UNWATCHED;
    const last = this.#watched.pop();
    if (last === undefined || last === watched) return;
    this.#watched[index] = last;
    last.watchIndex = index;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
