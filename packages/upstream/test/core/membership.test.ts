import { readConfig } from '@flotilla/process';
import { describe, expect, test } from 'vitest';
import { Attempts, Cluster, NO_ENDPOINT } from '../../src/core/cluster.js';
import { type ClusterOptions, plainGroup } from '../../src/core/options.js';
import { createStrategy, strategyNames } from '../../src/core/strategies/registry.js';
import { RoundRobin } from '../../src/core/strategies/round-robin.js';
import { WeightedRoundRobin } from '../../src/core/strategies/weighted-round-robin.js';
import { clusterOptions, clusterSettings } from '../../src/request/cluster-options.js';

function named(...names: string[]) {
  return names.map((name) => ({ name }));
}

function groupOf(names: string, options: Partial<ClusterOptions> = {}, strategy = new RoundRobin()): Cluster {
  return new Cluster(named(...names), strategy, { ...plainGroup, ...options });
}

/** Names of the instances that the next tries go to. */
function picks(cluster: Cluster, count: number, nowMs = 0): string {
  return Array.from({ length: count }, () => {
    const attempts = new Attempts();
    const slot = cluster.begin(attempts, nowMs, 0);
    cluster.end(attempts, 'ok', nowMs);
    return cluster.nameOf(slot);
  }).join('');
}

describe('membership', () => {
  test('who stays keeps its counts and its place; who leaves gets nothing more', () => {
    const cluster = groupOf('abc');
    picks(cluster, 9);
    expect(cluster.setMembers(named('c', 'a', 'd'), 0)).toEqual({ added: [3], removed: [1], moved: [] });
    expect(cluster.members.map((slot) => cluster.nameOf(slot))).toEqual(['c', 'a', 'd']);
    expect(picks(cluster, 6)).toBe('acdacd');
    expect(cluster.counts(0).requests).toBe(5);
  });

  test('a try on an instance that has left ends properly, and says nothing of one that comes back', () => {
    const cluster = groupOf('ab', { ejection: { ...plainGroup.ejection, failuresInARow: 1, maxShare: 1 } });
    const underWay = new Attempts();
    expect(cluster.begin(underWay, 0, 0)).toBe(0);
    cluster.setMembers(named('b'), 1);
    expect(cluster.counts(0).inFlight).toBe(1);
    cluster.setMembers(named('b', 'a'), 2);
    cluster.end(underWay, 'broken', 3);
    expect(cluster.counts(0)).toEqual({ requests: 1, errors: 1, cancelled: 0, inFlight: 0 });
    expect(cluster.snapshot(0, 3).state).toBe('usable');
  });

  test('one that has another address is a new member under its old name', () => {
    const ejection = { ...plainGroup.ejection, failuresInARow: 1, maxShare: 1 };
    const cluster = new Cluster([{ name: 'a', address: '10.0.0.1:80' }, { name: 'b' }], new RoundRobin(), {
      ...plainGroup,
      ejection,
      slowStartMs: 1000,
    });
    const attempts = new Attempts();
    cluster.begin(attempts, 0, 0);
    cluster.end(attempts, 'broken', 0);
    expect(cluster.snapshot(0, 0).state).toBe('ejected');
    expect(cluster.setMembers([{ name: 'a', address: '10.0.0.2:80' }, { name: 'b' }], 1)).toEqual({
      added: [],
      removed: [],
      moved: [0],
    });
    expect(cluster.addressOf(0)).toBe('10.0.0.2:80');
    expect(cluster.snapshot(0, 1)).toMatchObject({ state: 'slow_start', health: 'unknown', requests: 1, errors: 1 });
  });

  test('slots are used again once no request can know them, and totals still add up', () => {
    const cluster = groupOf('a', { forgetAfterMs: 1000 });
    picks(cluster, 3);
    cluster.setMembers(named('b'), 0);
    cluster.setMembers(named('c'), 500);
    expect(cluster.size).toBe(3);
    picks(cluster, 2, 600);
    cluster.setMembers(named('d'), 1000);
    expect(cluster.size).toBe(3);
    expect(cluster.nameOf(0)).toBe('d');
    picks(cluster, 4, 1100);
    expect(cluster.former).toEqual({ requests: 5, errors: 0, cancelled: 0, inFlight: 0 });
    expect(cluster.counts(0).requests).toBe(4);
  });

  test('a slot with a try under way is not given away, however long that takes', () => {
    const cluster = groupOf('a', { forgetAfterMs: 1000 });
    const underWay = new Attempts();
    cluster.begin(underWay, 0, 0);
    cluster.setMembers(named('b'), 0);
    cluster.setMembers(named('b', 'c'), 10_000);
    expect(cluster.nameOf(underWay.tried[0] as number)).toBe('a');
    cluster.end(underWay, 'ok', 10_001);
    expect(cluster.inFlight).toBe(0);
  });

  test('an empty group has no instance to pick', () => {
    const cluster = groupOf('');
    expect(cluster.begin(new Attempts(), 0, 0)).toBe(NO_ENDPOINT);
    cluster.setMembers(named('a'), 0);
    expect(picks(cluster, 2)).toBe('aa');
  });

  test('names must differ, and weights be above 0', () => {
    const cluster = groupOf('ab');
    expect(() => cluster.setMembers(named('a', 'a'), 0)).toThrow('listed twice');
    expect(() => cluster.setMembers([{ name: 'a', weight: 0 }], 0)).toThrow('above 0');
    expect(() => cluster.setWeight('a', Number.NaN)).toThrow('above 0');
    expect(() => cluster.setWeight('x', 1)).toThrow('no instance named x');
    expect(picks(cluster, 2)).toBe('ab');
  });
});

describe('at run time', () => {
  test('a drained instance gets no new tries, those under way end, and it comes back with slow start', () => {
    const cluster = groupOf('abc', { slowStartMs: 10_000 });
    const underWay = new Attempts();
    cluster.begin(underWay, 0, 0);
    cluster.drain('a', 0);
    expect(picks(cluster, 4)).toBe('bcbc');
    cluster.end(underWay, 'ok', 0);
    cluster.undrain('a', 100);
    expect(cluster.snapshot(0, 100).state).toBe('slow_start');
    // A tenth of its turns, and a turn of each of the others with every one of them.
    expect(picks(cluster, 210, 100).replace(/[bc]/g, '')).toBe('a'.repeat(10));
    expect(picks(cluster, 6, 20_000)).toBe('abcabc');
  });

  test('weights change the turns at once', () => {
    const cluster = groupOf('ab', {}, new WeightedRoundRobin() as unknown as RoundRobin);
    expect(picks(cluster, 4)).toBe('abab');
    cluster.setWeight('b', 3);
    expect(picks(cluster, 8).replaceAll('a', '')).toBe('bbbbbb');
  });

  test('another strategy picks from now on, and counts stay', () => {
    const cluster = groupOf('ab');
    picks(cluster, 4);
    for (const name of strategyNames) {
      cluster.setStrategy(createStrategy(name));
      picks(cluster, 10);
    }
    expect(cluster.totals.clientRequests).toBe(4 + 10 * strategyNames.length);
    expect(cluster.counts(0).requests + cluster.counts(1).requests).toBe(cluster.totals.clientRequests);
  });

  test('the start of a group has no slow start', () => {
    const cluster = groupOf('ab', { slowStartMs: 10_000 });
    expect(cluster.snapshot(0, 0).state).toBe('usable');
  });
});

describe('settings', () => {
  test('every strategy can be configured, and the defaults are those of the plan', () => {
    for (const name of strategyNames) {
      expect(clusterOptions(readConfig(clusterSettings, { FLOTILLA_STRATEGY: name })).strategy).toBe(name);
    }
    expect(clusterOptions(readConfig(clusterSettings, {}))).toMatchObject({
      strategy: 'round_robin',
      health: { fall: 2, rise: 2 },
      ejection: { failuresInARow: 5, deviations: 1.9, ejectionMs: 30_000, maxEjectionMs: 300_000, maxShare: 0.5 },
      panicShare: 0.5,
      retryBudget: { share: 0.2, min: 3 },
      admission: { maxInFlight: 1024, maxPending: 1024 },
    });
  });

  test('an unknown strategy is refused with what is allowed', () => {
    expect(() => readConfig(clusterSettings, { FLOTILLA_STRATEGY: 'fair' })).toThrow(
      `FLOTILLA_STRATEGY="fair" is not allowed; it takes one of ${strategyNames.join(', ')}`,
    );
  });
});
