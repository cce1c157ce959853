import { type Stats, stats } from '@flotilla/contracts';
import type { StageAddress } from './addresses.js';
import { getJson, type HttpOptions } from './http.js';
import { type ErrorReport, RefusedError, reportOf } from './problems.js';
import { sum } from './quantiles.js';

/** What one balancer said of its instances, or why it said nothing. */
export interface BalancerStats extends StageAddress {
  /** `no-balancer`: a service stands there alone, as in a sequential fleet. */
  readonly state: 'up' | 'down' | 'no-balancer';
  readonly stats?: Stats;
  readonly error?: ErrorReport;
}

/** Asks all balancers at once. One that cannot be reached is told as such; nothing is thrown. */
export async function readStats(balancers: readonly StageAddress[], http: HttpOptions): Promise<BalancerStats[]> {
  return Promise.all(balancers.map((address) => readOne(address, http)));
}

async function readOne(address: StageAddress, http: HttpOptions): Promise<BalancerStats> {
  try {
    const answer = await getJson(`${address.origin}/stats`, http);
    const parsed = stats.safeParse(answer);
    if (parsed.success) return { ...address, state: 'up', stats: parsed.data };
    return { ...address, state: 'down', error: { message: 'its /stats have another shape than the contract says' } };
  } catch (error) {
    http.signal?.throwIfAborted();
    if (error instanceof RefusedError && error.status === 404) return { ...address, state: 'no-balancer' };
    return { ...address, state: 'down', error: reportOf(error) };
  }
}

/** A balancer's counters, added up over its instances. */
export interface StatsTotals {
  readonly requests: number;
  readonly errors: number;
  readonly inFlight: number;
  /** `client_requests + retries - former_requests`: what `requests` must be. */
  readonly expectedRequests: number;
}

export function totalsOf({ stats: instances, totals }: Stats): StatsTotals {
  const all = Object.values(instances);
  return {
    requests: sum(all.map((instance) => instance.requests)),
    errors: sum(all.map((instance) => instance.errors)),
    inFlight: sum(all.map((instance) => instance.in_flight)),
    expectedRequests: totals.client_requests + totals.retries - (totals.former_requests ?? 0),
  };
}
