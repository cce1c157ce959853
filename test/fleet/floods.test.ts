import { type FloodResult, floods, runFloods } from '@flotilla/chaos';
import { beforeAll, describe, expect, test } from 'vitest';

/** One of each kind: what is kept of frames, work for nothing, what streams hold, and work that is cancelled. */
const chosen = floods.filter(({ name }) =>
  ['empty-continuations', 'small-data', 'held-streams', 'given-up'].includes(name),
);

describe('a fleet that is flooded, in short', () => {
  let results: FloodResult[];

  beforeAll(async () => {
    results = await runFloods({ floods: chosen, isShort: true });
  }, 120_000);

  test.each(chosen.map(({ name, what }) => [name, what]))('%s: %s: others are served, and memory stays', (name) => {
    const result = results.find((each) => each.name === name);
    expect(result).toMatchObject({ failed: 0, wrong: 0, missed: [], examples: [] });
    expect(result?.requests).toBeGreaterThan(20);
  });
});
