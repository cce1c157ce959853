import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ActiveHealth, firstCheckMs, nextCheckMs } from '../../src/core/active-health.js';
import { Attempts, Cluster } from '../../src/core/cluster.js';
import type { ClusterEvent } from '../../src/core/events.js';
import { type ClusterOptions, plainGroup } from '../../src/core/options.js';
import type { Outcome } from '../../src/core/outcome.js';
import { median, successRateThreshold } from '../../src/core/outliers.js';
import { RoundRobin } from '../../src/core/strategies/round-robin.js';

const ejection = { ...plainGroup.ejection, failuresInARow: 5, deviations: 1.9, latencyFactor: 10, maxShare: 0.5 };
const judging: ClusterOptions = { ...plainGroup, ejection, panicShare: 0.5 };

function groupOf(size: number, options = judging) {
  const events: ClusterEvent[] = [];
  return { events, cluster: new Cluster(size, new RoundRobin(), options, (event) => events.push(event)) };
}

/** Sends one try to an instance, past the strategy's choice: the others count as tried. */
function tryOn(cluster: Cluster, slot: number, outcome: Outcome, nowMs: number, latencyMs = 1): void {
  for (;;) {
    const attempts = new Attempts();
    const picked = cluster.begin(attempts, nowMs, 0);
    cluster.end(attempts, picked === slot ? outcome : 'cancelled', nowMs, latencyMs);
    if (picked === slot) return;
  }
}

function fail(cluster: Cluster, slot: number, nowMs: number, outcome: Outcome = 'server_error'): void {
  for (let n = 0; n < 5; n++) tryOn(cluster, slot, outcome, nowMs);
}

function stateOf(cluster: Cluster, slot: number, nowMs = 0) {
  return cluster.snapshot(slot, nowMs).state;
}

describe('active health', () => {
  test('two failed checks in a row make an instance unhealthy, two good ones healthy', () => {
    const health = new ActiveHealth();
    const policy = { fall: 2, rise: 2 };
    const check = (isGood: boolean) => `${health.check(isGood, policy)} ${health.state}`;
    expect(check(false)).toBe('none unknown');
    expect(check(true)).toBe('none healthy');
    expect(check(false)).toBe('none healthy');
    expect(check(false)).toBe('failed unhealthy');
    expect(check(false)).toBe('none unhealthy');
    expect(check(true)).toBe('none unhealthy');
    expect(check(false)).toBe('none unhealthy');
    expect(check(true)).toBe('none unhealthy');
    expect(check(true)).toBe('recovered healthy');
  });

  test('changes only after as many of a kind in a row as it takes; the first good one ever is enough', () => {
    const limits = fc.integer({ min: 1, max: 4 });
    fc.assert(
      fc.property(limits, limits, fc.array(fc.boolean(), { maxLength: 200, size: 'max' }), (fall, rise, results) => {
        const health = new ActiveHealth();
        results.forEach((isGood, n) => {
          const wasUnhealthy = health.state === 'unhealthy';
          const transition = health.check(isGood, { fall, rise });
          const isFirst = isGood && !results.slice(0, n).includes(true);
          const needed = wasUnhealthy ? (isFirst ? 1 : rise) : fall;
          const last = results.slice(Math.max(0, n + 1 - needed), n + 1);
          const changes = last.length === needed && last.every((result) => result === wasUnhealthy);
          expect(transition !== 'none').toBe(changes);
        });
      }),
    );
  });

  test('checks keep their distance, give or take a tenth; the first comes within the first interval', () => {
    expect(nextCheckMs(5000, 1000, 0, true)).toBe(5900);
    expect(nextCheckMs(5000, 1000, 0.5, true)).toBe(6000);
    expect(nextCheckMs(5000, 1000, 0.999, true)).toBeLessThan(6100);
    expect(firstCheckMs(5000, 1000, 0.25)).toBe(5250);
  });

  test('one that was never good is checked four times as often', () => {
    expect(nextCheckMs(5000, 1000, 0.5, false)).toBe(5250);
    expect(nextCheckMs(5000, 1000, 0.999, false)).toBeLessThan(5276);
  });
});

describe('ejection for failures', () => {
  test('five in a row; a success between them, a 4xx or a failure further down restarts the count', () => {
    const { cluster } = groupOf(4);
    for (const outcome of ['ok', 'failed_further_down'] as const) {
      for (let n = 0; n < 4; n++) tryOn(cluster, 0, 'server_error', 0);
      tryOn(cluster, 0, outcome, 0);
    }
    expect(stateOf(cluster, 0)).toBe('usable');
    fail(cluster, 0, 0);
    expect(stateOf(cluster, 0)).toBe('ejected');
  });

  test('cancelled tries say nothing of the instance', () => {
    const { cluster } = groupOf(4);
    for (let n = 0; n < 4; n++) tryOn(cluster, 0, 'server_error', 0);
    tryOn(cluster, 0, 'cancelled', 0);
    tryOn(cluster, 0, 'server_error', 0);
    expect(stateOf(cluster, 0)).toBe('ejected');
  });

  test('lasts 30 s, then 60 s, at most 300 s; good conduct shortens the next one', () => {
    const { cluster, events } = groupOf(4);
    let nowMs = 0;
    const lasts: number[] = [];
    for (let n = 0; n < 12; n++) {
      fail(cluster, 0, nowMs);
      const last = events.findLast((event) => event.kind === 'ejected');
      const untilMs = last?.kind === 'ejected' ? last.untilMs : Number.NaN;
      lasts.push((untilMs - nowMs) / 1000);
      cluster.tick(untilMs - 1);
      expect(stateOf(cluster, 0)).toBe('ejected');
      cluster.tick(untilMs);
      expect(stateOf(cluster, 0)).toBe('usable');
      nowMs = untilMs;
    }
    expect(lasts.slice(0, 3)).toEqual([30, 60, 90]);
    expect(Math.max(...lasts)).toBe(300);
    for (let n = 1; n <= 20; n++) cluster.tick(nowMs + n * 10_000);
    nowMs += 200_000;
    fail(cluster, 0, nowMs);
    expect(cluster.snapshot(0, nowMs).ejection?.remainingMs).toBe(30_000);
  });

  test('the cap is asked before: of four two, of two one, of one none', () => {
    for (const [size, most] of [
      [4, 2],
      [3, 1],
      [2, 1],
      [1, 0],
    ] as const) {
      const { cluster, events } = groupOf(size);
      for (let slot = 0; slot < size; slot++) {
        for (let n = 0; n < 5; n++) {
          const attempts = new Attempts();
          // All fail, whichever instance is picked.
          for (let s = cluster.begin(attempts, 0, 0); s >= 0; s = cluster.begin(attempts, 0, 0))
            cluster.end(attempts, 'broken', 0);
        }
      }
      expect(events.filter(({ kind }) => kind === 'ejected')).toHaveLength(most);
    }
  });

  test('a smaller group may have fewer ejected: the first to be due comes back', () => {
    const { cluster } = groupOf(4);
    fail(cluster, 0, 0);
    fail(cluster, 1, 100);
    cluster.drain('3', 200);
    expect([stateOf(cluster, 0), stateOf(cluster, 1)]).toEqual(['usable', 'ejected']);
  });
});

describe('checks and ejection', () => {
  const check = (cluster: Cluster, results: string, nowMs: number) => {
    for (const result of results) cluster.check(0, result === '+', nowMs);
  };

  test('two good checks let an instance in again that could not be reached', () => {
    const { cluster } = groupOf(4);
    fail(cluster, 0, 0, 'unreachable');
    check(cluster, '+', 100);
    expect(stateOf(cluster, 0)).toBe('ejected');
    check(cluster, '+', 200);
    expect(stateOf(cluster, 0)).toBe('usable');
  });

  test.each<[string, string, readonly Outcome[]]>([
    ['usable', 'died under two requests', ['broken', 'broken', 'unreachable', 'unreachable', 'unreachable']],
    [
      'usable',
      'breaks what it takes, in the end by not being there',
      ['broken', 'broken', 'broken', 'broken', 'unreachable'],
    ],
    ['ejected', 'breaks whatever it takes', ['broken', 'broken', 'broken', 'broken', 'broken']],
    ['ejected', 'answered badly before', ['server_error', 'broken', 'unreachable', 'unreachable', 'unreachable']],
    ['ejected', 'answered badly in between', ['unreachable', 'broken', 'server_error', 'broken', 'unreachable']],
  ])('good checks leave %s one that %s', (state, _what, outcomes) => {
    const { cluster } = groupOf(4);
    for (const outcome of outcomes) tryOn(cluster, 0, outcome, 0);
    expect(stateOf(cluster, 0)).toBe('ejected');
    check(cluster, '++', 200);
    expect(stateOf(cluster, 0)).toBe(state);
  });

  test('they do not let one in whose answers were bad: they do not see what requests see', () => {
    const { cluster } = groupOf(4);
    fail(cluster, 0, 0);
    check(cluster, '++++++', 100);
    expect(stateOf(cluster, 0)).toBe('ejected');
  });

  test('one that the checks found unhealthy and healthy again is readmitted, whatever it was', () => {
    const { cluster } = groupOf(4);
    fail(cluster, 0, 0);
    check(cluster, '--', 100);
    expect(stateOf(cluster, 0)).toBe('unhealthy');
    check(cluster, '++', 200);
    expect(stateOf(cluster, 0)).toBe('usable');
  });

  test('tries that began before it came back do not throw it out again', () => {
    const { cluster } = groupOf(4);
    const old = Array.from({ length: 40 }, () => new Attempts());
    for (const attempts of old) cluster.begin(attempts, 0, 0);
    check(cluster, '--', 100);
    check(cluster, '++', 200);
    for (const attempts of old) cluster.end(attempts, 'broken', 300);
    expect(stateOf(cluster, 0, 300)).toBe('usable');
    expect(cluster.counts(0).errors).toBe(10);
  });
});

describe('comparison with the peers', () => {
  test('mean less 1.9 standard deviations: the example in the manual of Envoy', () => {
    expect(successRateThreshold([1, 1, 1, 1, 0], 1.9)).toBeCloseTo(0.8 - 1.9 * 0.4);
    expect(successRateThreshold([0.5, 0.5], 1.9)).toBe(0.5);
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(median([])).toBeNaN();
  });

  /** Every other try on the first instance fails, so that five in a row never come about. */
  function halfBad(size: number, triesEach: number) {
    const { cluster, events } = groupOf(size);
    cluster.tick(0);
    for (let n = 0; n < triesEach * size; n++) {
      const attempts = new Attempts();
      const slot = cluster.begin(attempts, 1, 0);
      cluster.end(attempts, slot === 0 && Math.floor(n / size) % 2 === 0 ? 'broken' : 'ok', 1);
    }
    cluster.tick(10_000);
    return events;
  }

  test('a success rate far below is an ejection, given five peers with a hundred tries', () => {
    expect(halfBad(8, 100)).toMatchObject([{ kind: 'ejected', instance: '0', reason: 'success_rate' }]);
    expect(halfBad(8, 99)).toEqual([]);
    expect(halfBad(4, 200)).toEqual([]);
  });

  test('a latency far above is an ejection, given it is above 100 ms', () => {
    const slow = (latencyMs: number, others: number) => {
      const { cluster, events } = groupOf(4);
      for (let n = 0; n < 400; n++) {
        const attempts = new Attempts();
        const slot = cluster.begin(attempts, n * 10, 0);
        cluster.end(attempts, 'ok', n * 10, slot === 0 ? latencyMs : others);
      }
      return events;
    };
    expect(slow(500, 5)).toMatchObject([{ kind: 'ejected', instance: '0', reason: 'latency' }]);
    expect(slow(90, 1)).toEqual([]);
    expect(slow(500, 60)).toEqual([]);
  });
});

describe('panic', () => {
  test('fewer than half usable: the ejected and unhealthy are used too, the drained are not', () => {
    const { cluster, events } = groupOf(5);
    const pickSome = () => new Set(Array.from({ length: 20 }, () => cluster.begin(new Attempts(), 0, 0)));
    cluster.drain('4', 0);
    for (const slot of [0, 1]) for (let n = 0; n < 2; n++) cluster.check(slot, false, 0);
    expect(cluster.isPanic).toBe(false);
    expect(pickSome()).toEqual(new Set([2, 3]));
    for (let n = 0; n < 2; n++) cluster.check(2, false, 0);
    expect(cluster.isPanic).toBe(true);
    expect(pickSome()).toEqual(new Set([0, 1, 2, 3]));
    for (let n = 0; n < 2; n++) cluster.check(2, true, 0);
    expect(pickSome()).toEqual(new Set([2, 3]));
    expect(events.filter(({ kind }) => kind === 'panic')).toEqual([
      { kind: 'panic', isOn: true, usable: 1, candidates: 4 },
      { kind: 'panic', isOn: false, usable: 2, candidates: 4 },
    ]);
  });

  test('when the usable ones have failed, the unhealthy ones are asked before a request fails', () => {
    const { cluster } = groupOf(4);
    for (let n = 0; n < 2; n++) cluster.check(0, false, 0);
    const attempts = new Attempts();
    const order: number[] = [];
    for (let slot = cluster.begin(attempts, 0, 0); slot >= 0; slot = cluster.begin(attempts, 0, 0)) {
      order.push(slot);
      cluster.end(attempts, 'server_error', 0);
    }
    expect(order).toEqual([1, 2, 3, 0]);
    expect(cluster.totals.sparePicks).toBe(1);
  });
});
