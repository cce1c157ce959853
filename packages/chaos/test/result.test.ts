import { describe, expect, test } from 'vitest';
import { resultOf } from '../src/drill/result.js';
import type { Scenario, Targets } from '../src/drill/scenario.js';
import { resultTable, verdict } from '../src/drill/table.js';
import type { Caller } from '../src/load/caller.js';
import { type KnownText, knownText } from '../src/load/known-text.js';
import { judged, type Reply } from '../src/load/rest/rest-caller.js';
import { Tally } from '../src/load/tally.js';

const text = await knownText(300, 1);

/** A fleet that answers as it is told. */
function answering(answer: () => Reply): Caller {
  return { request: async (to, requestId) => judged(answer(), to, requestId), close: async () => {} };
}

function rightAnswer(to: KnownText, requestId: string): string {
  const { wordCount, report, topWords } = to.expected;
  const members = { request_id: requestId, word_count: wordCount, report, top_words: topWords };
  return JSON.stringify({ status: 'success', message: 'Counted.', ...members });
}

async function tallyOf(...replies: Reply[]): Promise<Tally> {
  const tally = new Tally();
  for (const reply of replies)
    await tally.request(
      answering(() => reply),
      text,
      'me',
    );
  return tally;
}

function scenario(targets: Targets): Scenario {
  const inject = async () => async () => undefined;
  const shape = { balancers: 1, clients: 1, pauseMs: 0, holdMs: 0, isShort: false } as const;
  return { ...shape, name: 'x', fault: 'x breaks', targets, inject };
}

const right: Reply = { status: 200, text: rightAnswer(text, 'me') };
const PAST = { startedMs: -4, injectedMs: -3, healedMs: -2, endMs: -1 };

describe('every answer is checked for its content', () => {
  test('a right one is neither failed nor wrong', async () => {
    const tally = await tallyOf(right);
    expect([tally.requests, tally.failed, tally.wrong]).toEqual([1, 0, 0]);
  });

  test.each([
    ['another request’s id', rightAnswer(text, 'you')],
    ['another count', right.text.replace(/"word_count":\d+/, '"word_count":1')],
    ['another report', right.text.replace('Total words', 'Total worms')],
    ['another word', right.text.replace('"top_words":[["', '"top_words":[["x')],
    ['a member too many', right.text.replace('{', '{"more":1,')],
    ['a member too few', right.text.replace('"status":"success",', '')],
    ['half of it', right.text.slice(0, 100)],
    ['nothing', ''],
  ])('%s, with status 200, is wrong', async (_name, answer) => {
    const tally = await tallyOf({ status: 200, text: answer });
    expect([tally.failed, tally.wrong]).toEqual([0, 1]);
    expect(tally.examples[0]).toContain('wrong answer');
  });

  test('another status, or none, has failed', async () => {
    const tally = await tallyOf({ status: 503, text: 'no' });
    const broken = () => Promise.reject(Object.assign(new Error('gone'), { code: 'ECONNRESET' }));
    await tally.request({ request: broken, close: async () => {} }, text, 'me');
    expect([tally.requests, tally.failed, tally.wrong]).toEqual([2, 2, 0]);
    expect(tally.examples).toEqual(['me: 503 no', 'me: ECONNRESET gone']);
    expect([...tally.failures]).toEqual([
      ['503', 1],
      ['ECONNRESET', 1],
    ]);
  });

  test('what failed is counted by status and code', async () => {
    const problem = (code: string) => ({ status: 502, text: JSON.stringify({ title: 'no', code }) });
    const failed = await tallyOf(problem('FLT_INSTANCES_FAILED'), problem('FLT_X'), problem('FLT_INSTANCES_FAILED'));
    const { failures } = resultOf(scenario({ failed: 'none' }), { load: failed, timeline: PAST });
    expect(failures).toEqual(['2 x 502 FLT_INSTANCES_FAILED', '1 x 502 FLT_X']);
  });
});

describe('figures that are missed are named', () => {
  test('none', async () => {
    const result = resultOf(scenario({ failed: 'none' }), { load: await tallyOf(right), timeline: PAST });
    expect(result.missed).toEqual([]);
    expect(verdict([result])).toBe('1 requests, 0 failed, 0 wrong answers. Every figure was reached.');
  });

  test('a failed request, a wrong answer, and what the scenario itself found', async () => {
    const load = await tallyOf(right, { status: 503, text: '' }, { status: 200, text: '{}' });
    const tally = await tallyOf({ status: 502, text: '' });
    const result = resultOf(scenario({ failed: 'none' }), {
      load,
      timeline: PAST,
      observation: { tally, missed: ['too large'] },
    });
    expect(result.missed).toEqual(['2 requests failed', '1 answers were wrong', 'too large']);
    expect([result.requests, result.failed, result.wrong]).toEqual([4, 2, 1]);
    expect(verdict([result])).toContain('  x: too large');
    expect(resultTable([result])).toContain('x breaks');
  });

  test('requests that met the fault may fail where that is said; those after it may not', async () => {
    const load = await tallyOf({ status: 503, text: '' });
    const targets = { failed: 'none afterwards' } as const;
    const nowMs = performance.now();
    const later = { startedMs: 0, injectedMs: nowMs, healedMs: nowMs, endMs: nowMs };
    const result = resultOf(scenario(targets), { load, timeline: later });
    expect(result).toMatchObject({ missed: [], failed: 1, excused: 1, failures: ['1 x 503'] });
    expect(verdict([result])).toBe(
      '1 requests, 1 failed, 0 wrong answers. In x 1 of 1 requests failed while the fault was there, which is not judged. ' +
        'Every figure that is judged was reached.',
    );
    expect(resultOf(scenario(targets), { load, timeline: PAST }).missed).toEqual(['1 requests failed']);
  });

  test('latencies that never were normal', async () => {
    const targets = { failed: 'none', recoveredWithinMs: 5000, maxP99Factor: 2 } as const;
    const { missed } = resultOf(scenario(targets), { load: await tallyOf(right), timeline: PAST });
    expect(missed).toHaveLength(2);
  });
});
