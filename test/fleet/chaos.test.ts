import { runDrill, type ScenarioResult, scenarios, type TransportName } from '@flotilla/chaos';
import { beforeAll, describe, expect, test } from 'vitest';

const short = scenarios.filter(({ isShort }) => isShort);
const drills: [TransportName, typeof short][] = [
  ['rest', short],
  // A fault that calls meet at a later stage's balancer, and at the first one's.
  ['grpc', short.filter(({ name }) => ['kill-3', 'reset-answer'].includes(name))],
];

describe.each(drills)('the fault drill over %s, in short', (transport, chosen) => {
  let results: ScenarioResult[];

  beforeAll(async () => {
    results = await runDrill({ scenarios: chosen, isShort: true, transport });
  }, 120_000);

  function resultOf(name: string): ScenarioResult {
    const found = results.find((result) => result.name === name);
    if (!found) throw new Error(`${name} was not run`);
    return found;
  }

  test.each(chosen.map(({ name, fault }) => [name, fault]))('%s: %s: no request fails, no answer is wrong', (name) => {
    const { failed, wrong, requests, examples } = resultOf(name);
    expect({ failed, wrong, examples }).toEqual({ failed: 0, wrong: 0, examples: [] });
    expect(requests).toBeGreaterThan(100);
  });

  test('every fault was met, and what balancers count adds up', () => {
    expect(results.flatMap(({ missed }) => missed)).toEqual([]);
  });
});
