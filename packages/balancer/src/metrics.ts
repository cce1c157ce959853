import type { Metrics } from '@flotilla/service-kit';
import type { Upstream } from './http/upstream.js';

/** The counter of tries, by instance and outcome. */
export function countTries(metrics: Metrics): (instance: string, outcome: string) => void {
  const counter = metrics.counter('upstream_requests_total', 'Tries that ended.', ['instance', 'outcome']);
  return (instance, outcome) => counter.inc({ instance, outcome });
}

/** What is read off an upstream when somebody asks. */
export function measureUpstream(metrics: Metrics, upstream: Upstream): void {
  const { group, addresses } = upstream;
  const inFlight = () =>
    addresses.map(({ key }, index) => ({ value: group.counts(index).inFlight, labels: { instance: key } }));
  metrics.observed('gauge', 'upstream_in_flight', 'Tries under way.', inFlight);
  metrics.observed('counter', 'upstream_retries_total', 'Tries beyond the first of their request.', () => [
    { value: group.totals.retries },
  ]);
  metrics.observed('counter', 'upstream_exhausted_total', 'Requests for which every instance failed.', () => [
    { value: group.totals.exhausted },
  ]);
  metrics.observed('gauge', 'upstream_replay_bytes', 'Bytes of bodies kept so that they can be sent again.', () => [
    { value: upstream.keptBytes },
  ]);
}
