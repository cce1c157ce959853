import type { InstanceStats, Stats } from '@flotilla/contracts';
import type { InstanceSnapshot } from './core/snapshot.js';
import type { Upstream } from './http/upstream.js';

/** The `/stats` of a balancer: every configured instance, in configured order. */
export function statsOf(upstream: Upstream): Stats {
  const { group, addresses } = upstream;
  const { clientRequests, retries, exhausted, cancelled } = group.totals;
  return {
    instances: addresses.map((address) => address.key),
    stats: Object.fromEntries(
      addresses.map((address, index) => [address.key, instanceStats(group.snapshot(index, performance.now()))]),
    ),
    totals: { client_requests: clientRequests, retries, exhausted, cancelled },
  };
}

function instanceStats({ requests, errors, inFlight, successRate, latencyMs }: InstanceSnapshot): InstanceStats {
  return { requests, errors, in_flight: inFlight, success_rate: successRate, latency_ms: latencyMs };
}
