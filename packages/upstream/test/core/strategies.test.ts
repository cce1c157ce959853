import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hashOf } from '../../src/core/hash.js';
import { PeakEwma } from '../../src/core/latency-average.js';
import { createStrategy, type StrategyName, strategyNames } from '../../src/core/strategies/registry.js';
import type { GroupView } from '../../src/core/strategy.js';
import { seeded } from './fake-time.js';

interface Pretence {
  eligible?: boolean;
  inFlight?: number;
  weight?: number;
  share?: number;
  latencyMs?: number;
}

function view(instances: readonly Pretence[], hash = -1): GroupView {
  const of = (slot: number) => instances[slot] as Pretence;
  return {
    size: instances.length,
    hash,
    isEligible: (slot) => of(slot).eligible ?? true,
    inFlight: (slot) => of(slot).inFlight ?? 0,
    weight: (slot) => of(slot).weight ?? 1,
    share: (slot) => of(slot).share ?? 1,
    latencyMs: (slot) => of(slot).latencyMs ?? 10,
    seed: (slot) => hashOf(`instance ${slot}`),
  };
}

/** How often each was picked. */
function picks(name: StrategyName, instances: readonly Pretence[], count: number): number[] {
  const strategy = createStrategy(name);
  const random = seeded(7);
  const counts = instances.map(() => 0);
  for (let n = 0; n < count; n++) {
    const slot = strategy.pick(view(instances), n, random());
    counts[slot] = (counts[slot] as number) + 1;
  }
  return counts;
}

describe.each(strategyNames)('%s', (name) => {
  test('only ever picks an eligible instance, and one if there is one', () => {
    const instance = fc.record({
      eligible: fc.boolean(),
      inFlight: fc.nat(50),
      weight: fc.integer({ min: 1, max: 100 }),
      share: fc.double({ min: 0.1, max: 1, noNaN: true }),
      latencyMs: fc.double({ min: 0, max: 1e5, noNaN: true }),
    });
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    const picksOfOne = fc.array(
      fc.tuple(fc.array(instance, { maxLength: 8 }), random, fc.integer({ min: -1, max: 2 ** 32 - 1 })),
    );
    fc.assert(
      fc.property(picksOfOne, (turns) => {
        const strategy = createStrategy(name);
        for (const [instances, number, hash] of turns) {
          const slot = strategy.pick(view(instances, hash), 0, number);
          if (slot === -1) expect(instances.some(({ eligible }) => eligible)).toBe(false);
          else expect(instances[slot]?.eligible).toBe(true);
        }
      }),
    );
  });

  test('an instance in slow start gets its share of the turns', () => {
    const [newMember = 0, other = 0] = picks(name, [{ share: 0.25 }, {}, {}, {}], 40_000);
    // With nothing under way anywhere, the least connections for its weight are never the new member's.
    if (name === 'least_connections') expect(newMember).toBe(0);
    else expect(newMember / other).toBeCloseTo(0.25, 1);
  });

  test('when all are in slow start alike, none is left out', () => {
    const counts = picks(name, [{ share: 0.1 }, { share: 0.1 }, { share: 0.1 }], 30_000);
    for (const count of counts) expect(count / 10_000).toBeCloseTo(1, 1);
  });
});

describe('weighted round robin', () => {
  test('is smooth: the example of nginx', () => {
    const strategy = createStrategy('weighted_round_robin');
    const instances = [{ weight: 5 }, {}, {}];
    const order = Array.from({ length: 14 }, () => 'abc'[strategy.pick(view(instances), 0, 0)]).join('');
    expect(order).toBe('aabacaaaabacaa');
  });

  test('is exact over each round, whatever the weights', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 8 }), (weights) => {
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        const counts = picks(
          'weighted_round_robin',
          weights.map((weight) => ({ weight })),
          3 * total,
        );
        expect(counts).toEqual(weights.map((weight) => 3 * weight));
      }),
    );
  });

  test('with equal weights it is round robin', () => {
    const strategy = createStrategy('weighted_round_robin');
    const order = Array.from({ length: 8 }, () => strategy.pick(view([{}, {}, {}, {}]), 0, 0));
    expect(order).toEqual([0, 1, 2, 3, 0, 1, 2, 3]);
  });
});

test('least connections: the fewest under way for the weight, and equals in turn', () => {
  const strategy = createStrategy('least_connections');
  const pick = (...instances: Pretence[]) => strategy.pick(view(instances), 0, 0);
  expect(pick({ inFlight: 3 }, { inFlight: 1 }, { inFlight: 2 })).toBe(1);
  expect(pick({ inFlight: 3, weight: 4 }, { inFlight: 1 })).toBe(0);
  expect([pick({}, {}, {}), pick({}, {}, {}), pick({}, {}, {})]).toEqual([1, 2, 0]);
});

test('random: by weight', () => {
  const [light = 0, heavy = 0] = picks('random', [{}, { weight: 3 }], 40_000);
  expect(heavy / light).toBeCloseTo(3, 0);
});

describe('peak EWMA', () => {
  test('starts at 30 ms, takes the first sample, jumps up at once, comes down in tens of seconds', () => {
    const latency = new PeakEwma();
    expect(latency.at(0)).toBe(30);
    latency.observe(5, 0);
    expect(latency.at(0)).toBe(5);
    latency.observe(200, 1);
    expect(latency.at(1)).toBe(200);
    latency.observe(5, 10_001);
    expect(latency.at(10_001)).toBeCloseTo(200 / Math.E + 5 * (1 - 1 / Math.E));
  });

  test('comes down while nothing is seen, so that an instance is tried again in the end', () => {
    const latency = new PeakEwma();
    latency.observe(1000, 0);
    expect(latency.at(10_000)).toBeCloseTo(1000 / Math.E);
    expect(latency.at(60_000)).toBeLessThan(3);
  });

  test('a refused try is not the fastest of all, and one that was called off is no proof of speed', () => {
    const latency = new PeakEwma();
    latency.observe(5, 0);
    latency.observeFailure(0.2, 1);
    expect(latency.at(1)).toBe(1000);
    latency.observeCancelled(3, 2);
    expect(latency.at(2)).toBeCloseTo(1000, 0);
    latency.observeCancelled(4000, 3);
    expect(latency.at(3)).toBe(4000);
  });
});

describe('p2c by peak EWMA', () => {
  test('never picks the costliest of all, and picks each of the others', () => {
    const counts = picks('p2c_ewma', [{ latencyMs: 100 }, { latencyMs: 10, inFlight: 4 }, {}, {}], 10_000);
    expect(counts[0]).toBe(0);
    for (const count of counts.slice(2)) expect(count).toBeGreaterThan(3000);
    expect(counts[1]).toBeGreaterThan(1000);
  });

  test('all pairs are drawn alike', () => {
    const counts = picks('p2c_ewma', [{ latencyMs: 1 }, { latencyMs: 2 }, { latencyMs: 3 }, { latencyMs: 4 }], 60_000);
    // Of six pairs the first wins three, the second two, the third one.
    expect(counts.map((count) => Math.round(count / 1000) / 10)).toEqual([3, 2, 1, 0].map((n) => expect.closeTo(n, 0)));
  });
});

describe('consistent hash', () => {
  const keys = Array.from({ length: 4000 }, (_, n) => hashOf(`key ${n}`));
  const place = (instances: readonly Pretence[]) =>
    keys.map((key) => createStrategy('consistent_hash').pick(view(instances, key), 0, 0));
  const eight = Array.from({ length: 8 }, () => ({}));

  test('the same key goes to the same instance, and keys are spread evenly', () => {
    expect(place(eight)).toEqual(place(eight));
    for (let slot = 0; slot < 8; slot++) {
      expect(place(eight).filter((placed) => placed === slot).length / 500).toBeCloseTo(1, 0);
    }
  });

  test('when an instance goes, only its own keys move, and not all to one', () => {
    const before = place(eight);
    const after = place(eight.map((each, slot) => (slot === 3 ? { eligible: false } : each)));
    before.forEach((slot, n) => {
      if (slot !== 3) expect(after[n]).toBe(slot);
    });
    const heirs = new Set(after.filter((_, n) => before[n] === 3));
    expect([...heirs].toSorted()).toEqual([0, 1, 2, 4, 5, 6, 7]);
  });

  test('weights count', () => {
    const placed = place([{}, { weight: 3 }]);
    expect(placed.filter((slot) => slot === 1).length / keys.length).toBeCloseTo(0.75, 1);
  });

  test('an instance with more than 1.25 times its part passes its keys on', () => {
    const key = keys[0] as number;
    const pick = (instances: readonly Pretence[]) => createStrategy('consistent_hash').pick(view(instances, key), 0, 0);
    const favourite = pick(eight);
    const busy = (inFlight: number) => eight.map((_, slot) => ({ inFlight: slot === favourite ? inFlight : 8 }));
    expect(pick(busy(9))).toBe(favourite);
    expect(pick(busy(12))).not.toBe(favourite);
  });
});
