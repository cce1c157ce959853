import type { InstanceStats, Stats } from '@flotilla/contracts';
import type { InstanceSnapshot, Upstream } from '@flotilla/upstream';

/** The `/stats` of a balancer: every configured instance, in configured order. */
export function statsOf(upstream: Upstream): Stats {
  const { cluster } = upstream;
  const nowMs = performance.now();
  const instances = cluster.members.map(
    (slot) => [cluster.nameOf(slot), instanceStats(upstream, slot, nowMs)] as const,
  );
  return {
    instances: instances.map(([name]) => name),
    stats: Object.fromEntries(instances),
    totals: totalsOf(upstream),
    strategy: upstream.strategy,
    panic: cluster.isPanic,
    queue: { pending: cluster.pending, limit: upstream.limits.maxPending },
    retry_budget: cluster.retryBudget,
    hedge_delay_ms: Number.isFinite(cluster.hedgeDelayMs) ? cluster.hedgeDelayMs : null,
    replay_bytes: upstream.keptBytes,
  };
}

function instanceStats(upstream: Upstream, slot: number, nowMs: number): InstanceStats {
  const snapshot: InstanceSnapshot = upstream.cluster.snapshot(slot, nowMs);
  const { requests, errors, inFlight, successRate, latencyMs, state, health, weight, ejections, ejection } = snapshot;
  return {
    requests,
    errors,
    in_flight: inFlight,
    success_rate: successRate,
    latency_ms: latencyMs,
    state,
    health,
    weight,
    connections: upstream.connectionsOf(slot),
    ejections,
    ejected: ejection && { reason: ejection.reason, remaining_ms: Math.round(ejection.remainingMs) },
  };
}

function totalsOf({ cluster, movedTries }: Upstream): Stats['totals'] {
  const { totals, former } = cluster;
  return {
    client_requests: totals.clientRequests,
    retries: totals.retries,
    exhausted: totals.exhausted,
    cancelled: totals.cancelled,
    later_tries: totals.laterTries,
    hedges: totals.hedges,
    moved_tries: movedTries,
    budget_overflows: totals.budgetOverflows,
    panic_picks: totals.panicPicks,
    spare_picks: totals.sparePicks,
    queued: totals.queued,
    queue_timeouts: totals.queueTimeouts,
    refused: totals.refused,
    shed: totals.shed,
    former_requests: former.requests,
    former_errors: former.errors,
  };
}
