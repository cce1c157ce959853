import { generateText } from '@flotilla/dataset';
import { beforeAll, describe, expect, test } from 'vitest';
import { answerOf, naiveCounts, type TestFleet, testFleet } from './support.js';

const SIZE_BYTES = 32_000_000;
const text = Buffer.concat([...generateText({ sizeBytes: SIZE_BYTES, seed: 7 })]).toString();

let fleet: TestFleet;
let expected: Map<string, number>;
let wordCount: number;

beforeAll(async () => {
  fleet = await testFleet({ mode: 'parallel' });
  expected = naiveCounts(text);
  wordCount = [...expected.values()].reduce((sum, count) => sum + count, 0);
  return () => fleet.end();
});

/** Escapes everything that is not ASCII, as many JSON writers do. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

describe('32 MB in one JSON request', () => {
  const body = asciiJson({ text, request_id: 'large' });

  test.each([1, 2, 4])('%i at once: right counts', async (count) => {
    const answers = await Promise.all(
      Array.from({ length: count }, async () => answerOf(await fleet.post('/process', body))),
    );
    for (const answer of answers) {
      expect(answer.word_count).toBe(wordCount);
      for (const [word, occurrences] of answer.top_words) expect(expected.get(word)).toBe(occurrences);
    }
  });

  test('with the whole table', async () => {
    const response = await fleet.post('/process?include=frequencies', JSON.stringify({ text }));
    const answer = await answerOf(response);
    expect(answer.unique_words).toBe(expected.size);
    const wrong = [...expected].filter(([word, count]) => answer.word_frequencies?.[word] !== count);
    expect(wrong).toEqual([]);
  });

  test('an instance killed in the middle of it: the request is answered by another', async () => {
    const body = JSON.stringify({ text, request_id: 'killed' });
    const before = await fleet.stats(3);
    const answer = fleet.post('/process', body).then(answerOf);
    let victim: string | undefined;
    await expect
      .poll(
        async () => {
          const { stats } = await fleet.stats(3);
          victim = Object.keys(stats).find((key) => stats[key]?.in_flight === 1);
          return victim;
        },
        { interval: 2, timeout: 10_000 },
      )
      .toBeDefined();
    process.kill(fleet.pidOf((victim as string).split(':')[0] as string) as number, 'SIGKILL');
    expect(await answer).toMatchObject({ word_count: wordCount, request_id: 'killed' });
    const after = await fleet.stats(3);
    expect(after.totals.retries - before.totals.retries).toBe(1);
  });
});
