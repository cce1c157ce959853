import type { DurationHistogram, Metrics, Sample } from '@flotilla/process';
import type { InstanceSnapshot, Outcome, Upstream, UpstreamListener } from '@flotilla/upstream';

/** Counts tries as they end, by instance and outcome, and how long their answers took. */
export function countTries(metrics: Metrics): Required<Pick<UpstreamListener, 'onTryEnd'>> {
  const counts = new Map<string, Map<Outcome, number>>();
  const histograms = new Map<string, DurationHistogram>();
  const durations = metrics.durations('upstream_request_duration_seconds', 'Time that instances took for an answer.');
  metrics.observed('counter', 'upstream_requests_total', 'Tries that ended.', () =>
    [...counts].flatMap(([instance, outcomes]) =>
      [...outcomes].map(([outcome, value]) => ({ value, labels: { instance, outcome } })),
    ),
  );
  return {
    onTryEnd(instance, outcome, latencyMs) {
      const outcomes = getOrMake(counts, instance, () => new Map<Outcome, number>());
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      if (latencyMs === undefined) return;
      getOrMake(histograms, instance, () => durations({ instance })).observe(latencyMs / 1000);
    },
  };
}

function getOrMake<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

/** What is read from an upstream when metrics are scraped. */
export function measureUpstream(metrics: Metrics, upstream: Upstream): void {
  measureInstances(metrics, upstream);
  measureTotals(metrics, upstream);
  const { cluster } = upstream;
  const gauge = (name: string, help: string, read: () => number) =>
    metrics.observed('gauge', name, help, () => [{ value: read() }]);
  gauge('upstream_members', 'Instances that are listed.', () => cluster.members.length);
  gauge('upstream_panic', '1 while all instances are asked, since too few are usable.', () => Number(cluster.isPanic));
  gauge('upstream_queue_length', 'Requests that wait.', () => cluster.pending);
  gauge('upstream_retry_budget_held', 'Tries that count against the retry budget.', () => cluster.retryBudget.held);
  gauge('upstream_retry_budget_limit', 'How many there may be now.', () => cluster.retryBudget.limit);
  gauge('upstream_replay_bytes', 'Bytes of bodies kept so that they can be sent again.', () => upstream.keptBytes);
}

function measureInstances(metrics: Metrics, upstream: Upstream): void {
  const { cluster } = upstream;
  const each = (read: (snapshot: InstanceSnapshot, slot: number) => number) => (): Sample[] =>
    cluster.members.map((slot) => {
      const snapshot = cluster.snapshot(slot, performance.now());
      return { value: read(snapshot, slot), labels: { instance: snapshot.name } };
    });
  const gauge = (name: string, help: string, read: (snapshot: InstanceSnapshot, slot: number) => number) =>
    metrics.observed('gauge', name, help, each(read));
  gauge('upstream_in_flight', 'Tries under way.', ({ inFlight }) => inFlight);
  gauge('upstream_connections', 'Open connections.', (_snapshot, slot) => upstream.connectionsOf(slot));
  gauge('upstream_weight', 'Share of the work, relative to the others.', ({ weight }) => weight);
  gauge('upstream_usable', '1 if it gets requests.', ({ state }) =>
    Number(state === 'usable' || state === 'slow_start'),
  );
  gauge('upstream_healthy', '0 if its checks have failed.', ({ health }) => Number(health !== 'unhealthy'));
  gauge('upstream_ejected', '1 while it is ejected.', ({ ejection }) => Number(ejection !== null));
  gauge('upstream_draining', '1 while it is drained.', ({ state }) => Number(state === 'draining'));
  metrics.observed('counter', 'upstream_ejections_total', 'Times that it was ejected.', () =>
    cluster.members.flatMap((slot) => {
      const { name, ejections } = cluster.snapshot(slot, performance.now());
      return Object.entries(ejections).map(([reason, value]) => ({ value, labels: { instance: name, reason } }));
    }),
  );
}

function measureTotals(metrics: Metrics, upstream: Upstream): void {
  const { totals } = upstream.cluster;
  const counter = (name: string, help: string, read: () => number) =>
    metrics.observed('counter', `upstream_${name}_total`, help, () => [{ value: read() }]);
  counter('client_requests', 'Requests of clients that reached an instance.', () => totals.clientRequests);
  counter('retries', 'Tries beyond the first of their request.', () => totals.retries);
  counter('later_tries', 'Tries after every instance had been asked.', () => totals.laterTries);
  counter('hedges', 'Tries beside a slow one.', () => totals.hedges);
  counter('moved_tries', 'Tries taken away from an instance that had gone silent.', () => upstream.movedTries);
  counter('retry_budget_overflows', 'Tries that the retry budget did not allow.', () => totals.budgetOverflows);
  counter('exhausted', 'Requests for which every instance failed.', () => totals.exhausted);
  counter('cancelled', 'Tries whose client left.', () => totals.cancelled);
  counter('panic_picks', 'Tries in panic.', () => totals.panicPicks);
  counter('spare_picks', 'Tries on unhealthy or ejected instances, as a last resort.', () => totals.sparePicks);
  counter('queued', 'Requests that had to wait.', () => totals.queued);
  counter('queue_timeouts', 'Requests that waited too long.', () => totals.queueTimeouts);
  counter('refused', 'Requests for which there was no room to wait.', () => totals.refused);
  counter('shed', 'Requests refused since the process could not keep up.', () => totals.shed);
}
