import type { Attempt } from './attempt.js';
import type { Body } from './body.js';

/** How long a request may make no progress whose body is in the way of others: they wait for the memory that it holds. */
const IN_THE_WAY_MS = 5_000;

/** Whose turn it is, when nothing moves. */
export type Laggard = 'client' | 'instance';

/** How long a request may make no progress. */
export interface ProgressLimits {
  /** Until an instance that has been given all of the body there is begins its answer. */
  readonly tryTimeoutMs: number;
  /** In the middle of a body or an answer. */
  readonly progressTimeoutMs: number;
}

/** Watches whether a request gets on. Looked at now and then, it costs nothing while bytes move. */
export class Progress {
  readonly #limits: ProgressLimits;
  #lastMs: number;
  #mark = 0;
  #try: Attempt | undefined;

  constructor(limits: ProgressLimits, nowMs: number) {
    this.#limits = limits;
    this.#lastMs = nowMs;
  }

  /** @returns Which side has done nothing for too long; undefined if neither. */
  check(body: Body, current: Attempt | undefined, nowMs: number): Laggard | undefined {
    const mark =
      body.totalBytes +
      body.readBytes +
      body.givenBytes +
      (current?.receivedBytes ?? 0) +
      (current?.hasStarted ? 1 : 0);
    if (mark !== this.#mark || current !== this.#try) {
      this.#mark = mark;
      this.#try = current;
      this.#lastMs = nowMs;
      return undefined;
    }
    const laggard = laggardOf(body, current);
    if (!laggard) return undefined;
    const { tryTimeoutMs, progressTimeoutMs } = this.#limits;
    const isToBegin = laggard === 'instance' && !current?.hasStarted;
    const stallMs = isToBegin ? Math.min(tryTimeoutMs, progressTimeoutMs) : progressTimeoutMs;
    const usualMs = isToBegin && body.isFullyRead ? tryTimeoutMs : stallMs;
    const limitMs = body.isInTheWay ? Math.min(usualMs, IN_THE_WAY_MS) : usualMs;
    return nowMs - this.#lastMs >= limitMs ? laggard : undefined;
  }
}

function laggardOf(body: Body, current: Attempt | undefined): Laggard | undefined {
  if (current?.awaitsClient) return 'client';
  if (body.awaitsSource) return body.isFromCaller && body.isPauseWatched ? 'client' : undefined;
  return current ? 'instance' : undefined;
}
