import { gzipSync } from 'node:zlib';
import { type ProblemCode, problem } from '@flotilla/contracts';
import { beforeAll, describe, expect, test } from 'vitest';
import { type TestFleet, testFleet } from './support.js';
import { differentWords, expectProblem, Upload } from './upload.js';

let fleet: TestFleet;

beforeAll(async () => {
  fleet = await testFleet({
    mode: 'parallel',
    env: { FLOTILLA_MAX_BODY_BYTES: '100000', FLOTILLA_MAX_WORD_BYTES: '1000', FLOTILLA_MAX_UNIQUE_WORDS: '500' },
  });
  return () => fleet.end();
});

const json = { 'content-type': 'application/json' };
const words = Array.from({ length: 600 }, (_, n) => `w${n}`).join(' ');

const cases: [
  name: string,
  status: number,
  code: ProblemCode,
  body: string | Uint8Array,
  headers: Record<string, string>,
][] = [
  ['not JSON', 400, 'FLT_INVALID_JSON', 'text=hello', json],
  ['JSON that is cut off', 400, 'FLT_INVALID_JSON', '{"text":"hel', json],
  ['an empty body', 400, 'FLT_INVALID_JSON', '', json],
  ['two documents', 400, 'FLT_INVALID_JSON', '{"text":"a"}{"text":"b"}', json],
  ['nested a thousand deep', 400, 'FLT_INVALID_JSON', `{"text":"a","x":${'['.repeat(1000)}${']'.repeat(1000)}}`, json],
  ['an array', 400, 'FLT_INVALID_JSON', '["text"]', json],
  ['a text that is a number', 400, 'FLT_INVALID_REQUEST', '{"text":1}', json],
  ['a text that is null', 400, 'FLT_INVALID_REQUEST', '{"text":null}', json],
  ['no text', 400, 'FLT_INVALID_REQUEST', '{"request_id":"a"}', json],
  ['text twice', 400, 'FLT_INVALID_REQUEST', '{"text":"a","text":"b"}', json],
  ['an id that is a number', 400, 'FLT_INVALID_REQUEST', '{"text":"a","request_id":1}', json],
  ['an id of 201 characters', 400, 'FLT_INVALID_REQUEST', `{"text":"a","request_id":"${'x'.repeat(201)}"}`, json],
  ['invalid UTF-8', 400, 'FLT_INVALID_UTF8', Buffer.from('{"text":"caf\xe9"}', 'latin1'), json],
  ['no content type', 415, 'FLT_UNSUPPORTED_MEDIA_TYPE', '{"text":"a"}', { 'content-type': '' }],
  ['another content type', 415, 'FLT_UNSUPPORTED_MEDIA_TYPE', '{"text":"a"}', { 'content-type': 'text/html' }],
  [
    'another character set',
    415,
    'FLT_UNSUPPORTED_MEDIA_TYPE',
    '{"text":"a"}',
    { 'content-type': 'application/json; charset=utf-16' },
  ],
  ['a body in another coding', 415, 'FLT_UNSUPPORTED_ENCODING', 'x', { ...json, 'content-encoding': 'br' }],
  ['a body that is no gzip', 400, 'FLT_INVALID_ENCODING', '{"text":"a"}', { ...json, 'content-encoding': 'gzip' }],
  [
    'a bomb',
    413,
    'FLT_BODY_TOO_LARGE',
    gzipSync(Buffer.alloc(64_000_000, ' ')),
    { ...json, 'content-encoding': 'gzip' },
  ],
  ['a body over the limit', 413, 'FLT_BODY_TOO_LARGE', `{"text":"${'x '.repeat(60_000)}"}`, json],
  ['a word over the limit', 422, 'FLT_WORD_TOO_LONG', `{"text":"${'x'.repeat(2000)}"}`, json],
  ['too many different words', 422, 'FLT_TOO_MANY_UNIQUE_WORDS', `{"text":"${words}"}`, json],
];

describe.each([
  ['the balancer', 8061],
  ['the service', 8051],
])('through %s', (_who, port) => {
  test.each(cases)('%s: %i %s', async (_name, status, code, body, headers) => {
    const response = await fetch(`${fleet.at(port)}/process`, {
      method: 'POST',
      headers,
      body: body as NonNullable<RequestInit['body']>,
    });
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    const told = problem.parse(await response.json());
    expect(told).toMatchObject({ code, status });
    expect(response.status).toBe(status);
    expect(response.headers.get('x-failed-stage')).toBeNull();
    const next = await fetch(`${fleet.at(port)}/process`, { method: 'POST', headers: json, body: '{"text":"a b"}' });
    expect(await next.json()).toMatchObject({ status: 'success', word_count: 2 });
  });

  test('a query value that is not known', async () => {
    const response = await fetch(`${fleet.at(port)}/process?include=everything`, {
      method: 'POST',
      headers: json,
      body: '{}',
    });
    expect(await response.json()).toMatchObject({ code: 'FLT_INVALID_QUERY', status: 400 });
  });
});

test('ten million different words in a stream: refused where the limit is passed, by its name', async () => {
  const upload = new Upload(`${fleet.at(8061)}/process`);
  await upload.writeAll(differentWords(10_000_000));
  const answer = await upload.answer;
  expectProblem(answer, { status: 422, code: 'FLT_TOO_MANY_UNIQUE_WORDS' });
  expect(answer.body).toContain('the limit of 500 different words');
  expect(answer.body).toContain('FLOTILLA_MAX_UNIQUE_WORDS');
});

describe('stage 4', () => {
  const figures = { word_count: 1, unique_words: 1, top_words: [['a', 1]] };
  test.each([
    ['no analysis', {}, 'word_count'],
    ['a negative count', { analysis: { ...figures, word_count: -1 } }, 'word_count'],
    ['a count that is a string', { analysis: { ...figures, unique_words: '1' } }, 'unique_words'],
    ['top words of another shape', { analysis: { ...figures, top_words: [['a', 1, 2]] } }, 'top_words'],
    ['a table of another shape', { analysis: { ...figures, word_frequencies: { a: 'x' } } }, 'word_frequencies'],
  ])('%s: 400 that names the member', async (_name, body, member) => {
    const response = await fleet.post('/report', body);
    expect(response.status).toBe(400);
    const told = problem.parse(await response.json());
    expect(told.code).toBe('FLT_INVALID_REQUEST');
    expect(told.detail).toContain(member);
  });
});

test('bad input is no instance’s error: none is blamed, none was tried twice, all processes live on', async () => {
  for (const stage of [1, 2, 3, 4]) {
    const { stats, totals } = await fleet.stats(stage);
    for (const counts of Object.values(stats)) expect(counts.errors).toBe(0);
    expect(totals.retries).toBe(0);
  }
  expect(fleet.status().processes.every(({ restarts, state }) => restarts === 0 && state === 'ready')).toBe(true);
});
