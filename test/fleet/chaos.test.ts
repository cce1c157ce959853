import { runDrill, type ScenarioResult, scenarios } from '@flotilla/chaos';
import { beforeAll, describe, expect, test } from 'vitest';

const short = scenarios.filter(({ isShort }) => isShort);

let results: ScenarioResult[];

beforeAll(async () => {
  results = await runDrill({ scenarios: short, isShort: true });
}, 120_000);

function resultOf(name: string): ScenarioResult {
  const found = results.find((result) => result.name === name);
  if (!found) throw new Error(`${name} was not run`);
  return found;
}

describe('the fault drill, in short', () => {
  test.each(short.map(({ name, fault }) => [name, fault]))('%s: %s: no request fails, no answer is wrong', (name) => {
    const { failed, wrong, requests, examples } = resultOf(name);
    expect({ failed, wrong, examples }).toEqual({ failed: 0, wrong: 0, examples: [] });
    expect(requests).toBeGreaterThan(100);
  });

  test('every fault was met', () => {
    expect(results.flatMap(({ missed }) => missed)).toEqual([]);
  });
});
