import { readConfig } from '@flotilla/process';
import { describe, expect, test } from 'vitest';
import { Attempts, Group, NONE } from '../../src/core/cluster.js';
import { type GroupOptions, plainGroup } from '../../src/core/options.js';
import { createStrategy, strategyNames } from '../../src/core/strategies/registry.js';
import { RoundRobin } from '../../src/core/strategies/round-robin.js';
import { WeightedRoundRobin } from '../../src/core/strategies/weighted-round-robin.js';
import { groupOptions, groupSettings } from '../../src/request/cluster-options.js';

function named(...names: string[]) {
  return names.map((name) => ({ name }));
}

function groupOf(names: string, options: Partial<GroupOptions> = {}, strategy = new RoundRobin()): Group {
  return new Group(named(...names), strategy, { ...plainGroup, ...options });
}

/** Names of the instances that the next tries go to. */
function picks(group: Group, count: number, nowMs = 0): string {
  return Array.from({ length: count }, () => {
    const attempts = new Attempts();
    const slot = group.begin(attempts, nowMs, 0);
    group.end(attempts, 'ok', nowMs);
    return group.nameOf(slot);
  }).join('');
}

describe('membership', () => {
  test('who stays keeps its counts and its place; who leaves gets nothing more', () => {
    const group = groupOf('abc');
    picks(group, 9);
    expect(group.setMembers(named('c', 'a', 'd'), 0)).toEqual({ added: [3], removed: [1], moved: [] });
    expect(group.members.map((slot) => group.nameOf(slot))).toEqual(['c', 'a', 'd']);
    expect(picks(group, 6)).toBe('acdacd');
    expect(group.counts(0).requests).toBe(5);
  });

  test('a try on an instance that has left ends properly, and says nothing of one that comes back', () => {
    const group = groupOf('ab', { ejection: { ...plainGroup.ejection, failuresInARow: 1, maxShare: 1 } });
    const underWay = new Attempts();
    expect(group.begin(underWay, 0, 0)).toBe(0);
    group.setMembers(named('b'), 1);
    expect(group.counts(0).inFlight).toBe(1);
    group.setMembers(named('b', 'a'), 2);
    group.end(underWay, 'broken', 3);
    expect(group.counts(0)).toEqual({ requests: 1, errors: 1, cancelled: 0, inFlight: 0 });
    expect(group.snapshot(0, 3).state).toBe('usable');
  });

  test('one that has another address is a newcomer under its old name', () => {
    const ejection = { ...plainGroup.ejection, failuresInARow: 1, maxShare: 1 };
    const group = new Group([{ name: 'a', address: '10.0.0.1:80' }, { name: 'b' }], new RoundRobin(), {
      ...plainGroup,
      ejection,
      slowStartMs: 1000,
    });
    const attempts = new Attempts();
    group.begin(attempts, 0, 0);
    group.end(attempts, 'broken', 0);
    expect(group.snapshot(0, 0).state).toBe('ejected');
    expect(group.setMembers([{ name: 'a', address: '10.0.0.2:80' }, { name: 'b' }], 1)).toEqual({
      added: [],
      removed: [],
      moved: [0],
    });
    expect(group.addressOf(0)).toBe('10.0.0.2:80');
    expect(group.snapshot(0, 1)).toMatchObject({ state: 'slow_start', health: 'unknown', requests: 1, errors: 1 });
  });

  test('slots are used again once no request can know them, and totals still add up', () => {
    const group = groupOf('a', { forgetAfterMs: 1000 });
    picks(group, 3);
    group.setMembers(named('b'), 0);
    group.setMembers(named('c'), 500);
    expect(group.size).toBe(3);
    picks(group, 2, 600);
    group.setMembers(named('d'), 1000);
    expect(group.size).toBe(3);
    expect(group.nameOf(0)).toBe('d');
    picks(group, 4, 1100);
    expect(group.former).toEqual({ requests: 5, errors: 0, cancelled: 0, inFlight: 0 });
    expect(group.counts(0).requests).toBe(4);
  });

  test('a slot with a try under way is not given away, however long that takes', () => {
    const group = groupOf('a', { forgetAfterMs: 1000 });
    const underWay = new Attempts();
    group.begin(underWay, 0, 0);
    group.setMembers(named('b'), 0);
    group.setMembers(named('b', 'c'), 10_000);
    expect(group.nameOf(underWay.tried[0] as number)).toBe('a');
    group.end(underWay, 'ok', 10_001);
    expect(group.inFlight).toBe(0);
  });

  test('an empty group has nobody', () => {
    const group = groupOf('');
    expect(group.begin(new Attempts(), 0, 0)).toBe(NONE);
    group.setMembers(named('a'), 0);
    expect(picks(group, 2)).toBe('aa');
  });

  test('names must differ, and weights be above 0', () => {
    const group = groupOf('ab');
    expect(() => group.setMembers(named('a', 'a'), 0)).toThrow('listed twice');
    expect(() => group.setMembers([{ name: 'a', weight: 0 }], 0)).toThrow('above 0');
    expect(() => group.setWeight('a', Number.NaN)).toThrow('above 0');
    expect(() => group.setWeight('x', 1)).toThrow('no instance named x');
    expect(picks(group, 2)).toBe('ab');
  });
});

describe('at run time', () => {
  test('a drained instance gets no new tries, those under way end, and it comes back with slow start', () => {
    const group = groupOf('abc', { slowStartMs: 10_000 });
    const underWay = new Attempts();
    group.begin(underWay, 0, 0);
    group.drain('a', 0);
    expect(picks(group, 4)).toBe('bcbc');
    group.end(underWay, 'ok', 0);
    group.undrain('a', 100);
    expect(group.snapshot(0, 100).state).toBe('slow_start');
    // A tenth of its turns, and a turn of each of the others with every one of them.
    expect(picks(group, 210, 100).replace(/[bc]/g, '')).toBe('a'.repeat(10));
    expect(picks(group, 6, 20_000)).toBe('abcabc');
  });

  test('weights change the turns at once', () => {
    const group = groupOf('ab', {}, new WeightedRoundRobin() as unknown as RoundRobin);
    expect(picks(group, 4)).toBe('abab');
    group.setWeight('b', 3);
    expect(picks(group, 8).replaceAll('a', '')).toBe('bbbbbb');
  });

  test('another strategy picks from now on, and counts stay', () => {
    const group = groupOf('ab');
    picks(group, 4);
    for (const name of strategyNames) {
      group.setStrategy(createStrategy(name));
      picks(group, 10);
    }
    expect(group.totals.clientRequests).toBe(4 + 10 * strategyNames.length);
    expect(group.counts(0).requests + group.counts(1).requests).toBe(group.totals.clientRequests);
  });

  test('the start of a group has no slow start', () => {
    const group = groupOf('ab', { slowStartMs: 10_000 });
    expect(group.snapshot(0, 0).state).toBe('usable');
  });
});

describe('settings', () => {
  test('every strategy can be configured, and the defaults are those of the plan', () => {
    for (const name of strategyNames) {
      expect(groupOptions(readConfig(groupSettings, { FLOTILLA_STRATEGY: name })).strategy).toBe(name);
    }
    expect(groupOptions(readConfig(groupSettings, {}))).toMatchObject({
      strategy: 'round_robin',
      health: { fall: 2, rise: 2 },
      ejection: { failuresInARow: 5, deviations: 1.9, ejectionMs: 30_000, maxEjectionMs: 300_000, maxShare: 0.5 },
      panicShare: 0.5,
      retryBudget: { share: 0.2, min: 3 },
      admission: { maxInFlight: 1024, maxPending: 1024 },
    });
  });

  test('an unknown strategy is refused with what is allowed', () => {
    expect(() => readConfig(groupSettings, { FLOTILLA_STRATEGY: 'fair' })).toThrow(
      `FLOTILLA_STRATEGY="fair" is not allowed; it takes one of ${strategyNames.join(', ')}`,
    );
  });
});
