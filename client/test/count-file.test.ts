import fc from 'fast-check';
import { Agent } from 'undici';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type CountOptions, countFile, type FileCount } from '../src/count-file.js';
import { RefusedError } from '../src/problems.js';
import type { Sender } from '../src/send.js';
import { TextFile } from '../src/text-file.js';
import { openTransport } from '../src/transport/open.js';
import { type Transport, transportNames } from '../src/transport/transport.js';
import { addressesOf, FakeFleet } from './support/fake-fleet.js';
import { TemporaryFolder } from './support/files.js';
import { naiveCount, naiveReport } from './support/naive-count.js';
import { anyText } from './support/texts.js';

let folder: TemporaryFolder;
let fleet: FakeFleet;
let transport: Transport;
let waits: number[] = [];
const dispatcher = new Agent();

beforeAll(async () => {
  folder = await TemporaryFolder.make();
});
// A fleet for each test: a request that the last test cancelled may still be on its way, and would take a fault of this one.
beforeEach(async () => {
  waits = [];
  fleet = await FakeFleet.start();
  return async () => await fleet[Symbol.asyncDispose]();
});
afterAll(async () => {
  await dispatcher.destroy();
  await folder[Symbol.asyncDispose]();
});

const sender = (timeoutMs = 30_000): Sender => ({
  transport,
  call: { timeoutMs },
  random: () => 0.5,
  wait: async (ms) => {
    waits.push(ms);
  },
});

async function count(
  text: string,
  parallel: number,
  options: Partial<CountOptions> = {},
  isJson = false,
): Promise<FileCount> {
  await using file = await TextFile.open(await folder.write('text.txt', text));
  return await countFile(file, {
    addresses: fleet.addresses,
    parallel,
    ...(isJson ? { maxJsonBytes: 1e6 } : {}),
    isTableWanted: true,
    sender: sender(),
    progress: { add: () => {}, stop: () => {} },
    ...options,
  });
}

const nonEmpty = anyText.filter((text) => text !== '');
const WORDS = 'the boats of the harbour and the gulls of the bay ';

describe.each(transportNames)('countFile over %s', (name) => {
  beforeEach(async () => {
    transport = await openTransport(name, dispatcher);
    return () => transport.close();
  });

  test('gives the same numbers and the same report as the text in one piece, however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(nonEmpty, fc.integer({ min: 1, max: 12 }), fc.boolean(), async (text, parallel, isJson) => {
        const found = await count(text, parallel, {}, isJson);
        const expected = naiveCount(text);
        expect(found.report).toBe(naiveReport(text));
        expect(new Map(found.table?.top(expected.size + 1))).toEqual(expected);
        expect(found.wordCount).toBe(found.table?.totalWords);
      }),
      { numRuns: 60 },
    );
  });

  test.each([true, false])(
    'sends the chunks in the file’s order, each with an id of its own; in JSON: %s',
    async (isJson) => {
      await count(WORDS.repeat(20), 4, { sender: sender() }, isJson);
      const inOrder = fleet.seen.toSorted((a, b) => String(a.requestId).localeCompare(String(b.requestId)));
      expect(inOrder.map(({ text }) => text).join('')).toBe(WORDS.repeat(20));
      expect(new Set(inOrder.map(({ requestId }) => requestId)).size).toBe(4);
      for (const { requestId, headerId } of inOrder) expect(headerId).toBe(requestId);
    },
  );

  test('takes the report of a single chunk as it is', async () => {
    const found = await count(WORDS, 1, { isTableWanted: false });
    expect(found).toMatchObject({ report: naiveReport(WORDS), wordCount: 11 });
    expect(found.table).toBeUndefined();
  });

  test('cuts into more requests than asked for where the body limit wants it', async () => {
    const text = WORDS.repeat(200);
    const found = await count(text, 2, { maxJsonBytes: 1000 });
    expect(found.chunks.length).toBeGreaterThan(10);
    expect(Math.max(...fleet.seen.map(({ bodyBytes }) => bodyBytes))).toBeLessThanOrEqual(1000);
    expect(found.report).toBe(naiveReport(text));
  });

  test('names the instances that served a chunk', async () => {
    const { chunks } = await count(WORDS, 1);
    expect(chunks[0]?.result.servedBy).toEqual(['service1a', 'service2b', 'service3c', 'service4d']);
  });
});

describe.each(transportNames)('a fleet that fails over %s', (name) => {
  beforeEach(async () => {
    transport = await openTransport(name, dispatcher);
    return () => transport.close();
  });

  test.each([
    ['cuts the connection', 'reset'],
    ['cuts the connection in its answer', 'reset-in-answer'],
    ['answers 502', { code: 'FLT_INSTANCES_FAILED' }],
    ['answers 503', { code: 'FLT_INSTANCES_UNREACHABLE' }],
    ['answers 504', { code: 'FLT_NEXT_STAGE_TIMED_OUT' }],
  ] as const)('and then works: %s', async (_what, fault) => {
    fleet.faults.push(fault, fault);
    const found = await count(WORDS.repeat(20), 1);
    expect(found.report).toBe(naiveReport(WORDS.repeat(20)));
    expect(found.chunks.map(({ tries }) => tries)).toEqual([3]);
    expect(waits).toEqual([100, 200]);
  });

  test('at one of its addresses is had at the other, without a wait', async () => {
    await using other = await FakeFleet.start();
    fleet.faults.push('reset', 'reset-in-answer');
    const addresses = addressesOf(fleet.origin, other.origin);
    const found = await count(WORDS.repeat(20), 4, { addresses });
    expect(found.report).toBe(naiveReport(WORDS.repeat(20)));
    expect(found.chunks.map(({ tries }) => tries).toSorted()).toEqual([1, 1, 2, 2]);
    expect(waits).toEqual([]);
  });

  test('at one of its addresses, but answers, is asked at the other after a wait', async () => {
    await using other = await FakeFleet.start();
    fleet.faults.push({ code: 'FLT_INSTANCES_UNREACHABLE' });
    const found = await count(WORDS, 1, { addresses: addressesOf(fleet.origin, other.origin) });
    expect(found).toMatchObject({ report: naiveReport(WORDS), chunks: [{ tries: 2 }] });
    expect([fleet.seen.length, other.seen.length]).toEqual([1, 1]);
    expect(waits).toEqual([100]);
  });

  test('only makes the failed chunk be sent again', async () => {
    fleet.faults.push('reset');
    const found = await count(WORDS.repeat(20), 4);
    expect(found.chunks.map(({ tries }) => tries).toSorted()).toEqual([1, 1, 1, 2]);
    expect(found.report).toBe(naiveReport(WORDS.repeat(20)));
  });

  test('is waited for as long as Retry-After asks', async () => {
    fleet.faults.push({ code: 'FLT_INSTANCES_UNREACHABLE', retryAfter: '3' });
    await count(WORDS, 1);
    expect(waits).toEqual([3100]);
  });

  test('does not get a request again that it refused', async () => {
    fleet.faults.push({ code: 'FLT_WORD_TOO_LONG' });
    const refused = count(WORDS, 1);
    await expect(refused).rejects.toThrow(RefusedError);
    await expect(refused).rejects.toMatchObject({ status: 422, code: 'FLT_WORD_TOO_LONG' });
    await expect(refused).rejects.toMatchObject({ requestId: fleet.seen[0]?.requestId });
    expect(fleet.seen).toHaveLength(1);
  });

  test('fails after three tries', async () => {
    fleet.faults.push('reset', 'reset', 'reset');
    await expect(count(WORDS, 1)).rejects.toThrow(/the connection to http.* failed/);
    expect(fleet.seen).toHaveLength(3);
  });

  test('and hangs is left when the time of a try is over', async () => {
    fleet.faults.push('hang');
    const found = await count(WORDS, 1, { sender: sender(200) });
    expect(found.chunks.map(({ tries }) => tries)).toEqual([2]);
  });

  test('and contradicts itself is not believed', async () => {
    fleet.faults.push('miscount');
    await expect(count(WORDS, 2)).rejects.toThrow(/do not add up/);
  });

  test('cancels the other chunks', async () => {
    fleet.faults.push({ code: 'FLT_INTERNAL' }, 'hang', 'hang', 'hang');
    await expect(count(WORDS.repeat(20), 4)).rejects.toMatchObject({ code: 'FLT_INTERNAL' });
  });
});
