import { MeanLatency } from './latency-average.js';
import type { Outcome } from './outcome.js';

/**
 * Why an instance was ejected.
 *
 * - `unreachable`: no connection, several times in a row; what broke as the process went away counts among them.
 * - `failures`: several failures in a row, not all of them for want of a connection. One that only breaks is among these.
 * - `success_rate`: far below that of its peers.
 * - `latency`: far above that of its peers.
 */
export type EjectionReason = 'unreachable' | 'failures' | 'success_rate' | 'latency';

/** What the tries made on an instance say of it, and whether it sits out for that. */
export class PassiveHealthStats {
  failuresInARow = 0;
  /** Failures in a row without an answer, for want of a connection or since it broke. */
  #goneInARow = 0;
  /** Whether one of those failed because no connection could be opened. */
  #wasAbsent = false;
  /** Judged tries since the last look at success rates. */
  windowTries = 0;
  windowFailures = 0;
  /** Answers since the last look at latencies, and those among them that were slow by themselves. */
  answers = 0;
  slowAnswers = 0;
  readonly meanLatency = new MeanLatency();
  /** Why it is ejected now. */
  ejectedFor: EjectionReason | undefined = undefined;
  ejectedUntilMs = 0;
  /** What the time of the next ejection is multiplied by, less one: grows with each, and shrinks with good conduct. */
  repeats = 0;
  /** Good checks since it was ejected. */
  goodChecks = 0;
  /** Ejections ever, by reason. */
  readonly ejections: Record<EjectionReason, number> = { unreachable: 0, failures: 0, success_rate: 0, latency: 0 };

  /** @param latencyMs - NaN: not known. */
  answered(latencyMs: number, nowMs: number, slowMs: number): void {
    this.windowTries++;
    this.#endRow();
    if (Number.isNaN(latencyMs)) return;
    this.answers++;
    if (latencyMs > slowMs) this.slowAnswers++;
    this.meanLatency.observe(latencyMs, nowMs);
  }

  failed(outcome: Outcome): void {
    this.windowTries++;
    this.windowFailures++;
    this.failuresInARow++;
    const isGone = outcome === 'unreachable' || outcome === 'broken';
    this.#goneInARow = isGone ? this.#goneInARow + 1 : 0;
    this.#wasAbsent = isGone && (this.#wasAbsent || outcome === 'unreachable');
  }

  /** What the failures in a row are called. */
  get failureReason(): EjectionReason {
    return this.#wasAbsent && this.#goneInARow >= this.failuresInARow ? 'unreachable' : 'failures';
  }

  endWindow(): void {
    this.windowTries = 0;
    this.windowFailures = 0;
  }

  endLatencyWindow(): void {
    this.answers = 0;
    this.slowAnswers = 0;
  }

  eject(reason: EjectionReason, untilMs: number): void {
    this.ejectedFor = reason;
    this.ejectedUntilMs = untilMs;
    this.ejections[reason]++;
    this.repeats++;
    this.goodChecks = 0;
  }

  /** Back in the group, with nothing held against it but how often it was out. */
  readmit(): void {
    this.ejectedFor = undefined;
    this.ejectedUntilMs = 0;
    this.#endRow();
    this.endWindow();
    this.endLatencyWindow();
    this.meanLatency.reset();
  }

  #endRow(): void {
    this.failuresInARow = 0;
    this.#goneInARow = 0;
    this.#wasAbsent = false;
  }
}
