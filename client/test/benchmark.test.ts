import { Agent } from 'undici';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type BatchOptions, runBatches } from '../src/benchmark.js';
import { countLocally } from '../src/expected.js';
import { isFlawless, runLoad } from '../src/sustained.js';
import { openTransport } from '../src/transport/open.js';
import { type Transport, transportNames } from '../src/transport/transport.js';
import { addressesOf, FakeFleet } from './support/fake-fleet.js';
import { naiveReport } from './support/naive-count.js';

const TEXT = Buffer.from('The gulls of Çağla, the boats of Σίσυφος – and "the" rest.\n');
let fleet: FakeFleet;
const dispatcher = new Agent();
const call = { timeoutMs: 30_000 };
let transport: Transport;

beforeAll(async () => {
  fleet = await FakeFleet.start();
});
afterEach(() => {
  fleet.faults.length = 0;
  fleet.seen.length = 0;
});
afterAll(async () => {
  await dispatcher.destroy();
  await fleet[Symbol.asyncDispose]();
});

async function batches(options: Partial<BatchOptions> = {}) {
  return runBatches({
    target: fleet.addresses.process,
    text: TEXT,
    expected: await countLocally([TEXT]),
    iterations: 10,
    batch: 4,
    runId: 'test',
    transport,
    call,
    onDone: () => {},
    ...options,
  });
}

test('countLocally counts as the contract says', async () => {
  const expected = await countLocally([TEXT.subarray(0, 15), TEXT.subarray(15)]);
  expect(expected).toMatchObject({ wordCount: 11, report: naiveReport(TEXT.toString()) });
  expect(expected.topWords[0]).toEqual(['the', 3]);
});

describe.each(transportNames)('runBatches over %s', (name) => {
  beforeAll(async () => {
    transport = await openTransport(name, dispatcher);
    return () => transport.close();
  });

  test('sends every request once, with an id of its own', async () => {
    const result = await batches();
    expect(result).toMatchObject({ successRate: 1, errors: [], latencyMs: { count: 10 } });
    expect(new Set(fleet.seen.map(({ headerId }) => headerId)).size).toBe(10);
    expect(fleet.seen.every(({ text }) => text === TEXT.toString())).toBe(true);
  });

  test('reports an efficiency of at most 1, by its own formula', async () => {
    const { parallelEfficiency, latencyMs, wallMs } = await batches();
    expect(parallelEfficiency).toBeLessThanOrEqual(1);
    expect(parallelEfficiency).toBeCloseTo(((latencyMs?.mean ?? 0) * 10) / (wallMs * 4));
  });

  test('counts a wrong answer as a failure', async () => {
    fleet.faults.push('miscount');
    const { successRate, errors } = await batches();
    expect(successRate).toBe(0.9);
    expect(errors.map(String)).toEqual(['ClientError: wrong answer: 12 words instead of 11']);
  });

  test('sends nothing again: what failed has failed', async () => {
    fleet.faults.push('reset', { code: 'FLT_INSTANCES_UNREACHABLE' });
    const { successRate } = await batches();
    expect(successRate).toBe(0.8);
    expect(fleet.seen).toHaveLength(10);
  });

  test('sends to another address what one gave no answer to, and to each its share', async () => {
    await using other = await FakeFleet.start();
    const { process: target } = addressesOf(fleet.origin, other.origin);
    await batches({ target });
    expect([fleet.seen.length, other.seen.length]).toEqual([5, 5]);
    fleet.faults.push('reset');
    expect(await batches({ target })).toMatchObject({ successRate: 1 });
  });

  test('has no latencies to tell when nothing succeeded', async () => {
    fleet.faults.push(...Array.from({ length: 10 }, () => 'reset' as const));
    expect(await batches()).toMatchObject({ successRate: 0, latencyMs: undefined, requestsPerSecond: 0 });
  });
});

describe.each(transportNames)('runLoad over %s', (name) => {
  beforeAll(async () => {
    transport = await openTransport(name, dispatcher);
    return () => transport.close();
  });

  const load = async (...fleets: readonly FakeFleet[]) => ({
    target: addressesOf(...fleets.map(({ origin }) => origin)).process,
    text: TEXT,
    expected: await countLocally([TEXT]),
    connections: 2,
    durationSeconds: 1,
    runId: 'test',
    transport,
    call,
  });

  test('counts answers, and looks at one of them', async () => {
    await using target = await FakeFleet.start();
    const result = await runLoad(await load(target));
    expect(isFlawless(result)).toBe(true);
    expect(result).toMatchObject({ connections: 2, connectionErrors: 0, otherStatus: 0 });
    expect(result.requests).toBeGreaterThan(0);
  });

  test('spreads its connections over several addresses', async () => {
    await using first = await FakeFleet.start();
    await using second = await FakeFleet.start();
    expect(isFlawless(await runLoad(await load(first, second)))).toBe(true);
    for (const { seen } of [first, second]) expect(seen.length).toBeGreaterThan(1);
  });

  test('tells a wrong answer, and answers of another status', async () => {
    // A fleet of its own: requests that are under way when a load ends would take the faults.
    await using target = await FakeFleet.start();
    target.faults.push('miscount', { code: 'FLT_INTERNAL' });
    const result = await runLoad(await load(target));
    expect(isFlawless(result)).toBe(false);
    expect(result.otherStatus).toBe(1);
    expect(result.wrongAnswer?.message).toContain('wrong answer');
  });
});
