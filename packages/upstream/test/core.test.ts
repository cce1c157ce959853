import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Attempts, Cluster } from '../src/core/cluster.js';
import { isFailure, type Outcome, outcomeOfStatus, summarise } from '../src/core/outcome.js';
import { RoundRobin } from '../src/core/strategies/round-robin.js';

const outcomes: readonly Outcome[] = [
  'ok',
  'failed_further_down',
  'server_error',
  'unreachable',
  'broken',
  'timed_out',
  'cancelled',
];

/** Runs a request to its end: the next instance after each failure, until one does not fail. */
function runRequest(cluster: Cluster, outcomeOf: (index: number) => Outcome): Attempts {
  const attempts = new Attempts();
  for (let index = cluster.begin(attempts, 0, 0); index !== -1; index = cluster.begin(attempts, 0, 0)) {
    const outcome = outcomeOf(index);
    cluster.end(attempts, outcome);
    if (!isFailure(outcome)) return attempts;
  }
  cluster.abandonRetry();
  return attempts;
}

function requestsOf(cluster: Cluster): number[] {
  return Array.from({ length: cluster.size }, (_, index) => cluster.counts(index).requests);
}

describe('round robin', () => {
  test('20 requests over 4 instances: 5 each, in turn', () => {
    const cluster = new Cluster(4, new RoundRobin());
    const order = Array.from({ length: 20 }, () => runRequest(cluster, () => 'ok').tried[0]);
    expect(requestsOf(cluster)).toEqual([5, 5, 5, 5]);
    expect(order.slice(0, 8)).toEqual([0, 1, 2, 3, 0, 1, 2, 3]);
  });

  test('is exactly even while nothing fails, whatever the number of instances and however requests overlap', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.array(fc.boolean(), { maxLength: 200 }), (size, steps) => {
        const cluster = new Cluster(size, new RoundRobin());
        const underWay: Attempts[] = [];
        for (const begins of steps) {
          const last = underWay.pop();
          if (last && !begins) cluster.end(last, 'ok');
          else {
            if (last) underWay.push(last);
            const attempts = new Attempts();
            cluster.begin(attempts, 0, 0);
            underWay.push(attempts);
          }
        }
        const requests = requestsOf(cluster);
        expect(Math.max(...requests) - Math.min(...requests)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('shares the work of a dead instance out evenly among the others', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 8 }), fc.nat(), fc.integer({ min: 1, max: 300 }), (size, seed, count) => {
        const cluster = new Cluster(size, new RoundRobin());
        const dead = seed % size;
        for (let n = 0; n < count; n++) runRequest(cluster, (index) => (index === dead ? 'unreachable' : 'ok'));
        const living = requestsOf(cluster).filter((_, index) => index !== dead);
        expect(Math.max(...living) - Math.min(...living)).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('a group', () => {
  test('never tries an instance twice, tries all before the request fails, and its counts add up', () => {
    const scenario = fc.record({
      size: fc.integer({ min: 1, max: 6 }),
      ends: fc.array(fc.constantFrom(...outcomes), { minLength: 1, maxLength: 400 }),
    });
    fc.assert(
      fc.property(scenario, ({ size, ends }) => {
        const cluster = new Cluster(size, new RoundRobin());
        let next = 0;
        let failures = 0;
        for (let n = 0; n < ends.length; n++) {
          const attempts = runRequest(cluster, () => ends[next++ % ends.length] as Outcome);
          expect(new Set(attempts.tried).size).toBe(attempts.tried.length);
          failures += attempts.outcomes.filter(isFailure).length;
          const last = attempts.outcomes.at(-1) as Outcome;
          if (isFailure(last)) expect(attempts.tried).toHaveLength(size);
        }
        const counts = Array.from({ length: size }, (_, index) => cluster.counts(index));
        const { clientRequests, retries } = cluster.totals;
        expect(counts.reduce((sum, each) => sum + each.requests, 0)).toBe(clientRequests + retries);
        expect(counts.reduce((sum, each) => sum + each.errors, 0)).toBe(failures);
        expect(counts.every((each) => each.inFlight === 0)).toBe(true);
        expect(clientRequests).toBe(ends.length);
      }),
    );
  });
});

describe('outcomes', () => {
  test('a 4xx is no error of the instance; a 5xx is, unless it tells of a stage further down', () => {
    expect(outcomeOfStatus(200, undefined)).toBe('ok');
    expect(outcomeOfStatus(404, undefined)).toBe('ok');
    expect(outcomeOfStatus(500, undefined)).toBe('server_error');
    expect(outcomeOfStatus(503, 'service4')).toBe('failed_further_down');
    expect(isFailure('failed_further_down')).toBe(false);
    expect(isFailure('cancelled')).toBe(false);
  });

  test('what a client is told when all were tried', () => {
    expect(summarise(['unreachable', 'unreachable'])).toBe('unreachable');
    expect(summarise(['unreachable', 'server_error'])).toBe('failed');
    expect(summarise(['broken', 'broken'])).toBe('failed');
    expect(summarise(['unreachable', 'timed_out'])).toBe('timed_out');
  });
});
