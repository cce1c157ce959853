import type { HealthState } from './active-health.js';
import { type Member, RANK } from './member.js';
import type { EjectionReason } from './passive-health-stats.js';
import { slowStartShare } from './slow-start.js';

/** An instance's state in one word; the first that fits. */
type InstanceState = 'draining' | 'unhealthy' | 'ejected' | 'slow_start' | 'usable';

/** An instance, for `/stats` and `/metrics`. */
export interface InstanceSnapshot {
  readonly name: string;
  readonly address: string;
  readonly weight: number;
  readonly state: InstanceState;
  readonly health: HealthState;
  readonly requests: number;
  readonly errors: number;
  readonly inFlight: number;
  /** Part of the tries that did not fail, of those that ended and were not cancelled; null before there is one. */
  readonly successRate: number | null;
  /** Of the answers of the last minute or two; null if there were none. */
  readonly latencyMs: { readonly p50: number; readonly p90: number; readonly p99: number } | null;
  readonly ejections: Readonly<Record<EjectionReason, number>>;
  /** Why it is ejected, and how long still; null if it is not. */
  readonly ejection: { readonly reason: EjectionReason; readonly remainingMs: number } | null;
}

/** @param slowStartMs - The window of slow start. */
export function snapshotOf(member: Member, slowStartMs: number, nowMs: number): InstanceSnapshot {
  const { name, address, weight, health, record, counts } = member;
  const { requests, errors, cancelled, inFlight } = counts;
  const judged = requests - inFlight - cancelled;
  return {
    name,
    address,
    weight,
    state: stateOf(member, slowStartMs, nowMs),
    health: health.state,
    requests,
    errors,
    inFlight,
    successRate: judged === 0 ? null : (judged - errors) / judged,
    latencyMs: latencyOf(member),
    ejections: { ...record.ejections },
    ejection: record.ejectedFor
      ? { reason: record.ejectedFor, remainingMs: Math.max(0, record.ejectedUntilMs - nowMs) }
      : null,
  };
}

function stateOf(member: Member, slowStartMs: number, nowMs: number): InstanceState {
  if (member.rank === RANK.none) return 'draining';
  if (member.isUnhealthy) return 'unhealthy';
  if (member.isEjected) return 'ejected';
  return slowStartShare(member.rampStartMs, slowStartMs, nowMs) < 1 ? 'slow_start' : 'usable';
}

function latencyOf({ recent }: Member): InstanceSnapshot['latencyMs'] {
  if (recent.count === 0) return null;
  return { p50: recent.quantileMs(0.5), p90: recent.quantileMs(0.9), p99: recent.quantileMs(0.99) };
}
