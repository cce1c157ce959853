import type { EndpointSet } from './endpoint-set.js';
import type { Member } from './member.js';
import type { EjectionPolicy } from './options.js';
import { median, successRateThreshold } from './outliers.js';
import type { EjectionReason } from './passive-health-stats.js';

/** Told of what it does. */
export interface EjectorEvents {
  ejected(member: Member, reason: EjectionReason, untilMs: number): void;
  readmitted(member: Member): void;
}

/** Answers before a latency is judged. */
const MIN_ANSWERS = 10;
/** Peers whose latencies make a median worth the name. */
const MIN_LATENCY_PEERS = 2;

/**
 * Ejects instances for how their tries go, and lets them in again: by time, or by checks where checks can tell.
 *
 * In Envoy a good active check readmits by default (`successful_active_health_check_uneject_host`), and its manual
 * warns of checks that do not see what requests see: an instance whose health route is fine and whose work always
 * answers 500 would be in and out with every check. So here checks only readmit where they disprove the reason:
 * an instance ejected as `unreachable` is back after `rise` good checks, and any that the checks themselves had
 * found unhealthy is back when they find it healthy. For all other reasons it is as with that option set to false.
 */
export class OutlierDetector {
  readonly #policy: EjectionPolicy;
  readonly #roster: EndpointSet;
  readonly #events: EjectorEvents;

  constructor(policy: EjectionPolicy, roster: EndpointSet, events: EjectorEvents) {
    this.#policy = policy;
    this.#roster = roster;
    this.#events = events;
  }

  /** After a failed try. */
  onFailure(member: Member, nowMs: number): void {
    const { failuresInARow } = this.#policy;
    if (failuresInARow === 0 || member.record.failuresInARow < failuresInARow) return;
    this.#eject(member, member.record.failureReason, nowMs);
  }

  /** After a good check. */
  onGoodCheck(member: Member, hasRecovered: boolean, rise: number, nowMs: number): void {
    const { record } = member;
    if (record.ejectedFor === undefined) return;
    record.goodChecks++;
    const isDisproved = record.ejectedFor === 'unreachable' && record.goodChecks >= rise && !member.isUnhealthy;
    if (hasRecovered || isDisproved) this.readmit(member, nowMs);
  }

  /** Readmits those whose ejection time is over. */
  readmitDue(nowMs: number): void {
    for (const member of this.#roster.listed) {
      if (member.isEjected && nowMs >= member.record.ejectedUntilMs) this.readmit(member, nowMs);
    }
  }

  /** Fewer members may mean that fewer may be out: those whose time is up first come back. */
  keepToCap(nowMs: number): void {
    while (this.#roster.ejected > this.#policy.maxShare * this.#roster.candidates) {
      const ejected = this.#roster.listed.filter((member) => member.isEjected && !member.isDraining);
      this.readmit(
        ejected.reduce((a, b) => (b.record.ejectedUntilMs < a.record.ejectedUntilMs ? b : a)),
        nowMs,
      );
    }
  }

  readmit(member: Member, nowMs: number): void {
    member.record.readmit();
    member.peakLatency.reset();
    member.judgedSinceMs = nowMs;
    member.rampStartMs = nowMs;
    this.#roster.recount();
    this.#events.readmitted(member);
  }

  /** Compares success rates. Ends the interval; an instance that was not ejected in it is forgiven one ejection. */
  compareSuccess(nowMs: number): void {
    const { deviations, minTries, minPeers } = this.#policy;
    const judged = this.#present().filter(({ record }) => record.windowTries >= minTries);
    if (deviations > 0 && judged.length >= minPeers) {
      const rates = judged.map(successRate);
      const threshold = successRateThreshold(rates, deviations);
      judged.forEach((member, n) => {
        if ((rates[n] ?? 1) < threshold) this.#eject(member, 'success_rate', nowMs);
      });
    }
    for (const member of this.#roster.listed) {
      member.record.endWindow();
      if (!member.isEjected && member.record.repeats > 0) member.record.repeats--;
    }
  }

  /**
   * Compares latencies. Most answers must have been slow too, so that a long upload or two do not eject anybody, and
   * there must be some number of them.
   */
  compareLatency(nowMs: number): void {
    const { latencyFactor, latencyFloorMs } = this.#policy;
    const present = this.#present();
    for (const member of present) {
      const { record } = member;
      if (record.answers < MIN_ANSWERS) continue;
      const isMostlySlow = record.slowAnswers * 2 > record.answers;
      record.endLatencyWindow();
      if (latencyFactor === 0 || !isMostlySlow || record.meanLatency.ms <= latencyFloorMs) continue;
      const peers = present
        .filter((peer) => peer !== member && !Number.isNaN(peer.record.meanLatency.ms))
        .map((peer) => peer.record.meanLatency.ms);
      if (peers.length < MIN_LATENCY_PEERS) continue;
      if (record.meanLatency.ms > latencyFactor * median(peers)) this.#eject(member, 'latency', nowMs);
    }
  }

  #present(): Member[] {
    return this.#roster.listed.filter((member) => !member.isEjected && !member.isDraining);
  }

  /** The cap is asked first: one too many is not ejected, however bad it is. */
  #eject(member: Member, reason: EjectionReason, nowMs: number): void {
    const { candidates, ejected } = this.#roster;
    if (member.isEjected || member.isDraining || member.isRemoved) return;
    if (ejected + 1 > this.#policy.maxShare * candidates) return;
    const { ejectionMs, maxEjectionMs } = this.#policy;
    const untilMs = nowMs + Math.min(maxEjectionMs, ejectionMs * (member.record.repeats + 1));
    member.record.eject(reason, untilMs);
    this.#roster.recount();
    this.#events.ejected(member, reason, untilMs);
  }
}

function successRate({ record }: Member): number {
  return 1 - record.windowFailures / record.windowTries;
}
