import { readConfig } from '@flotilla/process';
import { describe, expect, test } from 'vitest';
import type { ClusterOptions } from '../../src/core/options.js';
import { createStrategy, type StrategyName, strategyNames } from '../../src/core/strategies/registry.js';
import { clusterOptions, clusterSettings } from '../../src/request/cluster-options.js';
import { type Conduct, quantile, Simulation } from './simulation.js';

const defaults = clusterOptions(readConfig(clusterSettings, {}));
const four = ['a', 'b', 'c', 'd'];
const eight = [...four, 'e', 'f', 'g', 'h'];

function simulate(
  names: readonly string[],
  options: Partial<ClusterOptions> = {},
  strategy?: StrategyName,
): Simulation {
  return new Simulation(names, strategy ?? 'round_robin', { ...defaults, ...options }, 1);
}

function kinds(simulation: Simulation, kind: string, instance?: string) {
  return simulation.events.filter(
    (event) => event.kind === kind && (!instance || ('instance' in event && event.instance === instance)),
  );
}

describe('steady load', () => {
  test('round robin: exactly even over half a million requests, though instances differ in speed', () => {
    const simulation = simulate(four);
    four.forEach((name, n) => {
      (simulation.instances.get(name) as { latencyMs: number }).latencyMs = 2 * (n + 1);
    });
    simulation.rate = 5000;
    const { failed, refused } = simulation.run(100);
    const picks = four.map((name) => simulation.picksOf(name));
    expect(Math.max(...picks) - Math.min(...picks)).toBeLessThanOrEqual(1);
    expect(failed + refused).toBe(0);
    simulation.settle();
  });

  test.each(strategyNames)('%s: no instance starves, no request fails, no instance is ejected', (strategy) => {
    const simulation = simulate(eight, {}, strategy);
    simulation.rate = 2000;
    const { failed, refused } = simulation.run(30);
    const least = Math.min(...eight.map((name) => simulation.picksOf(name)));
    expect(least).toBeGreaterThan((30 * 2000) / eight.length / 2);
    expect(failed + refused).toBe(0);
    expect(kinds(simulation, 'ejected')).toEqual([]);
    simulation.settle();
  });

  test('p2c_ewma gives a slower instance less, and tries it still', () => {
    const simulation = simulate(four, {}, 'p2c_ewma');
    (simulation.instances.get('d') as { latencyMs: number }).latencyMs = 50;
    simulation.rate = 500;
    simulation.run(60);
    expect(simulation.picksOf('d')).toBeLessThan(simulation.picksOf('a') / 2);
    expect(simulation.picksOf('d')).toBeGreaterThan(0);
  });
});

describe('an instance that answers 500 always, with a health route that is fine', () => {
  test('fails no request, and is not in and out with every check', () => {
    const simulation = simulate(four);
    simulation.rate = 1000;
    simulation.run(5);
    simulation.conduct('d', 'bad');
    const { failed } = simulation.run(100);
    expect(failed).toBe(0);
    const { failuresInARow } = defaults.ejection;
    // Out from 0 to 30 s and from 30 to 90 s, with a few tries each time it is in.
    const out = kinds(simulation, 'ejected', 'd');
    expect(out).toHaveLength(3);
    expect(simulation.picksOf('d')).toBeLessThan(out.length * (failuresInARow + 10));
    simulation.settle();
  });
});

describe('an instance 100 times slower', () => {
  test('is ejected within 5 s, and p99 is back', () => {
    const simulation = simulate(four);
    simulation.rate = 1000;
    const before = quantile(simulation.run(20).latenciesMs, 0.99);
    (simulation.instances.get('c') as { latencyMs: number }).latencyMs = 500;
    const startMs = simulation.nowMs;
    simulation.run(5);
    const [ejected] = kinds(simulation, 'ejected', 'c');
    expect(ejected).toMatchObject({ reason: 'latency' });
    expect((ejected?.atMs ?? Number.NaN) - startMs).toBeLessThan(5000);
    expect(quantile(simulation.run(10).latenciesMs, 0.99)).toBeLessThan(2 * before);
    simulation.settle();
  });

  test('a few very long answers eject no instance', () => {
    const simulation = simulate(four);
    simulation.rate = 200;
    simulation.run(5);
    const instance = simulation.instances.get('c') as { latencyMs: number };
    for (let n = 0; n < 10; n++) {
      instance.latencyMs = 20_000;
      simulation.run(0.02);
      instance.latencyMs = 5;
      simulation.run(6);
    }
    expect(kinds(simulation, 'ejected')).toEqual([]);
  });
});

describe('a hung instance', () => {
  test('is found by its checks, its tries move, and it comes back when it does', () => {
    const simulation = simulate(four);
    simulation.rate = 1000;
    simulation.run(5);
    simulation.conduct('b', 'hanging');
    expect(simulation.run(10).failed).toBe(0);
    expect(kinds(simulation, 'unhealthy', 'b')).toHaveLength(1);
    expect(quantile(simulation.run(5).latenciesMs, 1)).toBeLessThan(50);
    simulation.conduct('b', 'well');
    simulation.run(20);
    expect(kinds(simulation, 'healthy', 'b')).toHaveLength(1);
    expect(simulation.run(10).failed).toBe(0);
    expect(simulation.picksOf('b')).toBeGreaterThan(2000);
    simulation.settle();
  });
});

describe('instances that come and go', () => {
  test('one that flaps fails no request, and stays out longer and longer', () => {
    const simulation = simulate(four);
    simulation.rate = 1000;
    let failed = 0;
    for (let n = 0; n < 30; n++) {
      simulation.conduct('a', n % 2 === 0 ? 'refusing' : 'well');
      failed += simulation.run(4).failed;
    }
    expect(failed).toBe(0);
    expect(kinds(simulation, 'ejected', 'a').length).toBeGreaterThan(3);
    simulation.settle();
  });

  test('three of four die: all are used, and it says so; they come back, and that is over', () => {
    const simulation = simulate(four);
    simulation.rate = 1000;
    simulation.run(5);
    for (const name of ['a', 'b', 'c']) simulation.conduct(name, 'refusing');
    expect(simulation.run(20).failed).toBe(0);
    expect(simulation.cluster.isPanic).toBe(true);
    expect(simulation.cluster.totals.panicPicks).toBeGreaterThan(0);
    for (const name of ['a', 'b', 'c']) simulation.conduct(name, 'well');
    expect(simulation.run(20).failed).toBe(0);
    expect(simulation.cluster.isPanic).toBe(false);
    expect(kinds(simulation, 'panic').map((event) => 'isOn' in event && event.isOn)).toEqual([true, false]);
    simulation.settle();
  });

  test('all die: requests fail fast within the budget, and work again when they are back', () => {
    const simulation = simulate(four);
    simulation.rate = 1000;
    simulation.run(5);
    for (const name of four) simulation.conduct(name, 'refusing');
    const { answered, failed } = simulation.run(10);
    expect(answered).toBeLessThan(10);
    expect(failed).toBeGreaterThan(9000);
    expect(simulation.cluster.totals.budgetOverflows).toBeGreaterThan(0);
    for (const name of four) simulation.conduct(name, 'well');
    simulation.run(5);
    expect(simulation.run(10).failed).toBe(0);
    simulation.settle();
  });

  test.each(strategyNames)(
    '%s: new members under load get little at first and their full share in the end',
    (strategy) => {
      const simulation = simulate(four, {}, strategy);
      simulation.rate = 2000;
      simulation.run(10);
      simulation.setMembers(eight.map((name) => ({ name })));
      const fair = 2000 / eight.length;
      expect(simulation.run(1).failed).toBe(0);
      for (const name of ['e', 'f', 'g', 'h']) expect(simulation.picksOf(name)).toBeLessThan(0.75 * fair);
      simulation.run(12);
      expect(simulation.run(10).failed).toBe(0);
      for (const name of eight) expect(simulation.picksOf(name) / (10 * fair)).toBeGreaterThan(0.5);
      for (const name of eight) expect(simulation.picksOf(name) / (10 * fair)).toBeLessThan(2);
      simulation.settle();
    },
  );

  test('round robin ramps linearly, and is exactly even again once the ramp is over', () => {
    const simulation = simulate(four);
    simulation.rate = 1000;
    simulation.run(5);
    simulation.setMembers([...four, 'e'].map((name) => ({ name })));
    simulation.run(10);
    // Over the window it gets the mean of 0.1 and 1 of what each of the others gets.
    expect(simulation.picksOf('e') / simulation.picksOf('a')).toBeCloseTo(0.55, 1);
    simulation.run(1);
    simulation.run(10);
    const picks = [...four, 'e'].map((name) => simulation.picksOf(name));
    expect(Math.max(...picks) - Math.min(...picks)).toBeLessThanOrEqual(1);
  });

  test('a rolling restart fails no request', () => {
    const simulation = simulate(four);
    simulation.rate = 1000;
    simulation.run(5);
    let failed = 0;
    for (const name of four) {
      simulation.drain(name);
      failed += simulation.run(2).failed;
      expect(simulation.picksOf(name)).toBe(0);
      simulation.conduct(name, 'refusing');
      failed += simulation.run(2).failed;
      simulation.conduct(name, 'well');
      simulation.undrain(name);
      failed += simulation.run(2).failed;
    }
    expect(failed).toBe(0);
    simulation.settle();
  });
});

describe('overload', () => {
  test('the queue is bounded and in order; what finds no room is refused, and all of it adds up', () => {
    const admission = { maxInFlight: 20, maxPending: 50, arrivingShare: 0.5, queueTimeoutMs: 200 };
    const simulation = simulate(four, { admission, maxInFlightPerInstance: 4 });
    for (const instance of simulation.instances.values()) instance.latencyMs = 100;
    // 16 at once, 100 ms each: room for 160 a second.
    simulation.rate = 600;
    const { answered, failed, refused } = simulation.run(60);
    expect(failed).toBe(0);
    expect(answered / 60).toBeGreaterThan(150);
    expect(refused / 60).toBeGreaterThan(400);
    const { totals } = simulation.cluster;
    expect(totals.refused + totals.queueTimeouts).toBe(refused);
    expect(totals.queueTimeouts).toBeGreaterThan(0);
    simulation.settle();
  });
});

describe('whatever happens', () => {
  const conducts: readonly Conduct[] = ['well', 'well', 'bad', 'refusing', 'hanging'];

  function disturb(simulation: Simulation, members: Set<string>): void {
    const random = simulation.random;
    const names = [...members];
    const name = names[Math.floor(random() * names.length)] as string;
    const dice = Math.floor(random() * 8);
    if (dice <= 2) simulation.conduct(name, conducts[Math.floor(random() * conducts.length)] as Conduct);
    else if (dice === 3) simulation.drain(name);
    else if (dice === 4) simulation.undrain(name);
    else if (dice === 5) {
      simulation.cluster.setStrategy(
        createStrategy(strategyNames[Math.floor(random() * strategyNames.length)] as StrategyName),
      );
    } else if (dice === 6) {
      simulation.cluster.setWeight(name, 1 + Math.floor(random() * 9));
    } else {
      const other = `n${Math.floor(random() * 12)}`;
      if (members.has(other) && members.size > 1) members.delete(other);
      else members.add(other);
      const address = () => (random() < 0.1 ? { address: `${random()}` } : {});
      simulation.setMembers([...members].map((each) => ({ name: each, ...address() })));
    }
  }

  test.each([1, 2, 3, 4])('seed %i: nothing that must always hold is broken', (seed) => {
    const options: ClusterOptions = {
      ...defaults,
      maxInFlightPerInstance: 40,
      admission: { maxInFlight: 150, maxPending: 60, arrivingShare: 0.5, queueTimeoutMs: 300 },
      forgetAfterMs: 20_000,
    };
    const simulation = new Simulation(four, 'round_robin', options, seed);
    const members = new Set(four);
    for (let n = 0; n < 400; n++) {
      simulation.rate = 200 + simulation.random() * 2500;
      simulation.run(simulation.random());
      disturb(simulation, members);
    }
    expect(simulation.steps).toBeGreaterThan(100_000);
    simulation.settle();
  });
});
