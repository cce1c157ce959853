import { countLocally } from '@flotilla/client/expected';
import { expect, test } from 'vitest';
import type { Answer } from '../../../client/dist/answer.js';
import type { RepeatedText, Transport } from '../../../client/dist/transport/transport.js';
import { SmallTextLoad } from '../small-texts.ts';

const unused = () => Promise.reject(new Error('not used'));

/** A transport whose answers are right, or whatever `change` makes of the n-th one. */
function transportOf(change: (answer: Answer, n: number) => Answer): Transport {
  let answered = 0;
  const repeat = (text: Uint8Array): RepeatedText => {
    const right = countLocally([text]);
    return async () => {
      // As long as an answer takes, so that the loop lets timers have their turn.
      await new Promise((resolve) => setTimeout(resolve, 1));
      return change({ ...(await right), servedBy: [] }, answered++);
    };
  };
  return { name: 'grpc', repeat, sendChunk: unused, writeReport: unused, load: unused, close: async () => {} };
}

async function run(change: (answer: Answer, n: number) => Answer) {
  const load = await SmallTextLoad.make(transportOf(change), 'http://127.0.0.1:1/process', 1_000_000);
  return load.run({ connections: 2, seconds: 1 });
}

test('right answers are counted and timed', async () => {
  const result = await run((answer) => answer);
  expect(result).toMatchObject({ failed: 0, wrong: 0, examples: [] });
  expect(result.requests).toBeGreaterThan(10);
  expect(result.p99Ms).toBeGreaterThanOrEqual(result.p50Ms);
  expect(result.seconds).toBeGreaterThan(0.9);
});

test('the answer to another text is wrong, an error is a failure, and it goes on', async () => {
  let last: Answer | undefined;
  const result = await run((answer, n) => {
    if (n === 5) throw new Error('nothing listens there');
    const given = n === 8 && last ? last : answer;
    last = answer;
    return given;
  });
  expect(result).toMatchObject({ failed: 1, wrong: 1 });
  expect(result.examples[0]).toContain('nothing listens there');
  expect(result.examples[1]).toContain('wrong answer');
  expect(result.requests).toBeGreaterThan(10);
});
