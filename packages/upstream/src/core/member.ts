import { ActiveHealth } from './active-health.js';
import { hashOf } from './hash.js';
import { PeakEwma } from './latency-average.js';
import { RecentLatencies } from './latency-histogram.js';
import { PassiveHealthStats } from './passive-health-stats.js';

/** An instance as it is configured or discovered. */
export interface MemberSpec {
  /** What it is known by, for as long as it is a member. */
  readonly name: string;
  /** Where it is. One that moves is a new member under an old name. */
  readonly address?: string;
  /** Above 0; 1 if not given. None: whatever it was. */
  readonly weight?: number;
}

/** Counts of one instance. `requests` are tries; `errors` are those that failed there. */
export interface InstanceCounts {
  requests: number;
  errors: number;
  /** Of those that ended, how many say nothing: the client left, or another instance was faster. */
  cancelled: number;
  inFlight: number;
}

/** How good a choice an instance is. */
export const RANK = {
  /** Drained, or no member any more: never picked. */
  none: 0,
  /** Unhealthy or ejected: in panic, and when all others have been tried. */
  spare: 1,
  usable: 2,
} as const;

/** What a group keeps of an instance. */
export class Member {
  readonly name: string;
  readonly slot: number;
  readonly seed: number;
  readonly counts: InstanceCounts = { requests: 0, errors: 0, cancelled: 0, inFlight: 0 };
  readonly health = new ActiveHealth();
  readonly record = new PassiveHealthStats();
  readonly peakLatency = new PeakEwma();
  readonly recent = new RecentLatencies();
  address: string;
  weight: number;
  isDraining = false;
  isRemoved = false;
  removedAtMs = 0;
  rank: number = RANK.usable;
  /** Since when it is in slow start. */
  rampStartMs = Number.NEGATIVE_INFINITY;
  /** Tries that began before say nothing of what is there now. */
  judgedSinceMs = Number.NEGATIVE_INFINITY;

  constructor(spec: MemberSpec, slot: number) {
    this.name = spec.name;
    this.slot = slot;
    this.seed = hashOf(spec.name);
    this.address = spec.address ?? spec.name;
    this.weight = spec.weight ?? 1;
  }

  get isUnhealthy(): boolean {
    return this.health.state === 'unhealthy';
  }

  get isEjected(): boolean {
    return this.record.ejectedFor !== undefined;
  }

  /** Nothing that was seen holds any more: there is another process now. */
  startAfresh(nowMs: number): void {
    this.health.reset();
    this.record.readmit();
    this.record.repeats = 0;
    this.peakLatency.reset();
    this.judgedSinceMs = nowMs;
    this.rampStartMs = nowMs;
  }
}
