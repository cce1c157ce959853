import { checkWeight, type EndpointSet, type MembershipChange } from './endpoint-set.js';
import type { GroupListener } from './events.js';
import type { Member, MemberSpec } from './member.js';
import type { ClusterOptions } from './options.js';
import { isFailure, type Outcome } from './outcome.js';
import { OutlierDetector } from './outlier-detector.js';

const TICK_MS = 1_000;

/** Changes what is thought of the members: by checks, by tries, by time, and by what people say. */
export class HealthManager {
  readonly #options: ClusterOptions;
  readonly #roster: EndpointSet;
  readonly #ejector: OutlierDetector;
  readonly #listener: GroupListener;
  #nextCompareMs = Number.NEGATIVE_INFINITY;
  /** When {@link tick} has something to do. */
  nextTickMs = Number.NEGATIVE_INFINITY;

  constructor(options: ClusterOptions, roster: EndpointSet, listener: GroupListener) {
    this.#options = options;
    this.#roster = roster;
    this.#listener = listener;
    this.#ejector = new OutlierDetector(options.ejection, roster, {
      ejected: ({ name, slot }, reason, untilMs) => {
        this.nextTickMs = Math.min(this.nextTickMs, untilMs);
        listener({ kind: 'ejected', instance: name, slot, reason, untilMs });
      },
      readmitted: ({ name, slot }) => listener({ kind: 'readmitted', instance: name, slot }),
    });
  }

  tick(nowMs: number): void {
    const { intervalMs } = this.#options.ejection;
    if (this.#nextCompareMs === Number.NEGATIVE_INFINITY) this.#nextCompareMs = nowMs + intervalMs;
    this.#change(() => {
      this.#ejector.readmitDue(nowMs);
      this.#ejector.compareLatency(nowMs);
      if (nowMs < this.#nextCompareMs) return;
      this.#nextCompareMs = nowMs + intervalMs;
      this.#ejector.compareSuccess(nowMs);
    });
    this.nextTickMs = nowMs + TICK_MS;
    for (const { record } of this.#roster.listed) {
      if (record.ejectedFor) this.nextTickMs = Math.min(this.nextTickMs, record.ejectedUntilMs);
    }
  }

  check(slot: number, isGood: boolean, nowMs: number): void {
    const member = this.#roster.at(slot);
    if (member.isRemoved) return;
    const { health } = this.#options;
    const wasEverGood = member.health.wasEverGood;
    const transition = member.health.check(isGood, health);
    if (transition === 'none' && !member.isEjected) return;
    const hasRecovered = transition === 'recovered';
    if (hasRecovered) {
      member.judgedSinceMs = nowMs;
      // What starts beside its balancer, or has just come in, has its ramp already, or needs none.
      if (wasEverGood) member.rampStartMs = nowMs;
    }
    if (transition !== 'none') {
      this.#listener({ kind: hasRecovered ? 'healthy' : 'unhealthy', instance: member.name, slot });
    }
    this.#change(() => {
      if (isGood) this.#ejector.onGoodCheck(member, hasRecovered, health.rise, nowMs);
    });
  }

  /** @param latencyMs - NaN: not known. */
  judge(member: Member, outcome: Outcome, latencyMs: number, nowMs: number): void {
    const { record, peakLatency } = member;
    if (outcome === 'cancelled' || outcome === 'outrun') {
      peakLatency.observeCancelled(latencyMs, nowMs);
    } else if (isFailure(outcome)) {
      peakLatency.observeFailure(Number.isNaN(latencyMs) ? 0 : latencyMs, nowMs);
      record.failed(outcome);
      const before = this.#roster.isPanic;
      this.#ejector.onFailure(member, nowMs);
      this.#tellPanic(before);
    } else {
      record.answered(latencyMs, nowMs, this.#options.ejection.latencyFloorMs);
      if (Number.isNaN(latencyMs)) return;
      peakLatency.observe(latencyMs, nowMs);
      member.recent.record(latencyMs, nowMs);
    }
  }

  setMembers(specs: readonly MemberSpec[], nowMs: number): MembershipChange {
    let change: MembershipChange = { added: [], removed: [], moved: [] };
    this.#change(() => {
      change = this.#roster.set(specs, nowMs);
      this.#ejector.keepToCap(nowMs);
    });
    return change;
  }

  drain(name: string, nowMs: number): void {
    this.#setDraining(this.#roster.named(name), true, nowMs);
  }

  undrain(name: string, nowMs: number): void {
    const member = this.#roster.named(name);
    if (!member.isDraining) return;
    member.rampStartMs = nowMs;
    this.#setDraining(member, false, nowMs);
  }

  setWeight(name: string, weight: number): void {
    checkWeight(weight);
    this.#roster.named(name).weight = weight;
  }

  #setDraining(member: Member, isDraining: boolean, nowMs: number): void {
    this.#change(() => {
      member.isDraining = isDraining;
      this.#roster.recount();
      this.#ejector.keepToCap(nowMs);
    });
  }

  #change(change: () => void): void {
    const before = this.#roster.isPanic;
    change();
    this.#roster.recount();
    this.#tellPanic(before);
  }

  #tellPanic(before: boolean): void {
    const { isPanic, usable, candidates } = this.#roster;
    if (isPanic !== before) this.#listener({ kind: 'panic', isOn: isPanic, usable, candidates });
  }
}
