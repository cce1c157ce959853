import { pipelineResponse } from '@flotilla/contracts';
import { stages } from '@flotilla/topology';
import { beforeAll, describe, expect, test } from 'vitest';
import { answerOf, naiveCounts, type TestFleet, testFleet } from './support.js';

let parallel: TestFleet;
let sequential: TestFleet;

beforeAll(async () => {
  parallel = await testFleet({ mode: 'parallel' });
  sequential = await testFleet({ mode: 'sequential' });
  return async () => {
    await parallel.end();
    await sequential.end();
  };
});

const TEXT =
  "Don't stop: the well-known naïve Çay in Москва — ΟΔΥΣΣΕΥΣ, 42 times; THE end.\nThe “end”. ❤️ 1️⃣ e\u0301 👩🏽‍🚀 ❤️";

describe.each(['parallel', 'sequential'])('a %s fleet', (mode) => {
  const fleet = () => (mode === 'parallel' ? parallel : sequential);

  test('answers in the contract’s shape, with what a naive count says', async () => {
    const response = await fleet().post('/process?include=frequencies', { text: TEXT, request_id: 'tea & таможня' });
    expect(response.status).toBe(200);
    const answer = pipelineResponse.parse(await response.json());
    const expected = naiveCounts(TEXT);
    expect(answer).toMatchObject({ status: 'success', request_id: 'tea & таможня', unique_words: expected.size });
    expect(answer.word_count).toBe([...expected.values()].reduce((sum, count) => sum + count, 0));
    expect(new Map(Object.entries(answer.word_frequencies ?? {}))).toEqual(expected);
    expect(answer.top_words.slice(0, 2)).toEqual([
      ['the', 3],
      ['end', 2],
    ]);
    for (const part of ['the', 'end', String(answer.word_count)]) expect(answer.report).toContain(part);
  });

  test('without include=frequencies there is no table', async () => {
    const answer = await answerOf(await fleet().post('/process', { text: TEXT }));
    expect(answer).not.toHaveProperty('word_frequencies');
    expect(answer.unique_words).toBeGreaterThan(0);
  });

  test.each(['', ' \n\t', '!!!', '\u2028\ufeff', '❤️ ❤️'])('a blank text %j has 0 words', async (text) => {
    expect(await answerOf(await fleet().post('/process', { text }))).toMatchObject({ word_count: 0, top_words: [] });
  });

  test('every stage can be asked by itself', async () => {
    const text = 'one two two';
    for (const path of ['/process', '/preprocess', '/analyze']) {
      expect(await answerOf(await fleet().post(path, { text })), path).toMatchObject({ word_count: 3 });
    }
    const analysis = {
      word_count: 3,
      unique_words: 2,
      top_words: [
        ['one', 1],
        ['two', 2],
      ],
    };
    const report = await answerOf(await fleet().post('/report', { analysis, request_id: 'r' }));
    expect(report).toMatchObject({
      word_count: 3,
      request_id: 'r',
      top_words: [
        ['two', 2],
        ['one', 1],
      ],
    });
    expect(report.report).toBe((await answerOf(await fleet().post('/process', { text }))).report);
  });

  test('escapes: a lone surrogate is no letter, a pair is one, control characters are white space or nothing', async () => {
    const body = '{"text":"a\\ud800b \\ud835\\udc00x \\u0041\\tz\\u0000y", "request_id":null}';
    const answer = await answerOf(await fleet().post('/process?include=frequencies', body));
    expect(answer.word_frequencies).toEqual({ ab: 1, 𝐀x: 1, a: 1, zy: 1 });
  });

  test('words that are names of an object’s own parts are words', async () => {
    const text = 'constructor prototype toString hasOwnProperty 2024 7';
    const answer = await answerOf(await fleet().post('/process?include=frequencies', { text }));
    expect(new Map(Object.entries(answer.word_frequencies ?? {}))).toEqual(naiveCounts(text));
  });

  test('every process is healthy, ready, and describes itself', async () => {
    for (const { port, name } of fleet().processes) {
      const address = `http://127.0.0.1:${port}`;
      const service = name.replace(/[a-z]$/, (letter) => (name.endsWith('balancer') ? letter : ''));
      expect(await (await fetch(`${address}/health`)).json()).toEqual({ status: 'healthy', service });
      expect((await fetch(`${address}/health/ready`)).status).toBe(200);
      expect(await (await fetch(`${address}/openapi.json`)).json()).toMatchObject({ openapi: '3.1.0' });
    }
  });
});

describe('request ids', () => {
  test('the body’s comes before the header’s; one that may not stand in a header never does', async () => {
    const ask = async (request_id: string | undefined, headerId: string) => {
      const init = { headers: { 'content-type': 'application/json', 'x-request-id': headerId } };
      const response = await parallel.post('/process', { text: 'x', request_id }, init);
      return { body: (await answerOf(response)).request_id, header: response.headers.get('x-request-id') };
    };
    expect(await ask('from-body', 'from-header')).toEqual({ body: 'from-body', header: 'from-body' });
    expect(await ask(undefined, 'from-header')).toEqual({ body: 'from-header', header: 'from-header' });
    const unsafe = await ask('line\r\nbreak', 'from-header');
    expect(unsafe.body).toBe('line\r\nbreak');
    expect(unsafe.header).toBeNull();
  });

  test('a request can be followed by its id through every log, and no log has a word of its text', async () => {
    const request_id = `follow-${Math.random().toString(36).slice(2)}`;
    const response = await parallel.post('/process', { text: 'confidential-syllables', request_id });
    const servedBy = (response.headers.get('x-served-by') ?? '').split(', ');
    expect(servedBy).toHaveLength(4);
    const names = [...servedBy, ...stages.map((stage) => stage.balancer)];
    for (const name of names) await expect.poll(() => parallel.log(name), { timeout: 5000 }).toContain(request_id);
    const line =
      (await parallel.log(servedBy[2] as string)).split('\n').find((each) => each.includes(request_id)) ?? '';
    expect(JSON.parse(line)).toMatchObject({ service: 'service3', instance: servedBy[2], stage: 3, status: 200 });
    const logs = await Promise.all(parallel.processes.map(({ name }) => parallel.log(name)));
    expect(logs.join('')).not.toContain('confidential');
  });
});

describe('/stats', () => {
  test('20 requests over 4 instances are 5 each, at every stage', async () => {
    const before = await Promise.all([1, 2, 3, 4].map((stage) => parallel.stats(stage)));
    for (let n = 0; n < 20; n++) expect((await parallel.post('/process', { text: 'x' })).status).toBe(200);
    const after = await Promise.all([1, 2, 3, 4].map((stage) => parallel.stats(stage)));
    after.forEach((stats, index) => {
      const requests = stats.instances.map(
        (key) => (stats.stats[key]?.requests ?? 0) - (before[index]?.stats[key]?.requests ?? 0),
      );
      expect(requests).toEqual([5, 5, 5, 5]);
      expect(stats.instances).toEqual(stages[index]?.instances.map(({ name, port }) => `${name}:${port}`));
      expect(Object.keys(stats.stats)).toEqual(stats.instances);
    });
  });
});
