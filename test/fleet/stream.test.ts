import net from 'node:net';
import { generateText } from '@flotilla/dataset';
import { beforeAll, describe, expect, test } from 'vitest';
import { answerOf, naiveCounts, type TestFleet, testFleet } from './support.js';

let fleet: TestFleet;

beforeAll(async () => {
  fleet = await testFleet({
    mode: 'parallel',
    env: { FLOTILLA_MAX_REPLAY_STREAM_BYTES: '2000000', FLOTILLA_MAX_WORD_BYTES: '100000' },
  });
  return () => fleet.end();
});

const HEADERS = { 'content-type': 'text/plain; charset=utf-8', 'x-request-id': 'a-stream' };

function send(body: Uint8Array | AsyncIterable<Uint8Array>, init: RequestInit = {}, query = '') {
  const given = { method: 'POST', headers: HEADERS, body: body as RequestInit['body'], duplex: 'half', ...init };
  return fetch(`${fleet.at(8061)}/process${query}`, given as RequestInit);
}

/** Everything that requests hold is given back. */
async function nothingIsHeld(): Promise<void> {
  await expect
    .poll(async () => {
      const all = await Promise.all([1, 2, 3, 4].map((stage) => fleet.stats(stage)));
      return all.map(({ stats, replay_bytes }) => [Object.values(stats).map((each) => each.in_flight), replay_bytes]);
    })
    .toEqual([1, 2, 3, 4].map(() => [[0, 0, 0, 0], 0]));
}

async function* slices(text: Buffer, bytes: number) {
  for (let at = 0; at < text.length; at += bytes) yield text.subarray(at, at + bytes);
}

describe('a text as the body itself', () => {
  const samples = [
    ['empty', ''],
    ['blank', ' \n\t '],
    ['short', 'The cat, the DOG: don’t — well-known naïve Straße ΟΔΟΣ Москва'],
    ['much that is escaped in JSON', '"quoted" \\back\\ \u0001 \u2028 tab\t'.repeat(5000)],
  ] as const;

  test.each(samples)('%s: the same answer as in JSON, whole table included', async (_name, text) => {
    const query = '?include=frequencies';
    const plain = await answerOf(await send(Buffer.from(text), {}, query));
    const json = await answerOf(await fleet.post(`/process${query}`, { text, request_id: 'a-stream' }));
    expect(plain).toEqual(json);
    expect(plain.word_frequencies).toEqual(Object.fromEntries(naiveCounts(text)));
  });

  test('in chunks that cut characters: right counts', async () => {
    const text = 'Москва Straße 𝒳 naïve '.repeat(30_000);
    const answer = await answerOf(await send(slices(Buffer.from(text), 4099)));
    expect(answer).toMatchObject({ word_count: 120_000, request_id: 'a-stream' });
    expect(answer.top_words).toHaveLength(4);
  });

  test('more than is kept for sending again', async () => {
    const text = Buffer.concat([...generateText({ sizeBytes: 20_000_000, seed: 3 })]);
    const answer = await answerOf(await send(slices(text, 1_000_000)));
    const expected = [...naiveCounts(text.toString()).values()].reduce((sum, count) => sum + count, 0);
    expect(answer.word_count).toBe(expected);
    await nothingIsHeld();
  });

  test('an instance killed early in it: another answers', async () => {
    const half = Buffer.from('word '.repeat(200_000));
    const answer = send(
      (async function* () {
        yield half;
        process.kill(fleet.pidOf(await busyInstance(3)) as number, 'SIGKILL');
        yield half;
      })(),
    );
    expect(await answerOf(await answer)).toMatchObject({ word_count: 400_000 });
    await allAreReady();
  });
});

/** Who was killed is back. */
async function allAreReady(): Promise<void> {
  const isReady = () =>
    fleet.awaitReady().then(
      () => true,
      () => false,
    );
  await expect.poll(isReady, { timeout: 30_000 }).toBe(true);
}

/** An instance of a stage that works on something. */
async function busyInstance(stage: number): Promise<string> {
  let busy: string | undefined;
  await expect
    .poll(
      async () => {
        const { stats } = await fleet.stats(stage);
        busy = Object.keys(stats).find((key) => stats[key]?.in_flight === 1);
        return busy;
      },
      { interval: 5 },
    )
    .toBeDefined();
  return (busy as string).split(':')[0] as string;
}

describe('failure modes of streaming', () => {
  const many = Buffer.from('word '.repeat(100_000));

  test.each([
    ['bytes that are no UTF-8', [many, Buffer.from([0xff]), many], 400, 'FLT_INVALID_UTF8'],
    ['an end within a character', [many, Buffer.from([0xd0])], 400, 'FLT_INVALID_UTF8'],
    ['a word without an end', Array.from({ length: 20 }, () => Buffer.alloc(100_000, 'x')), 422, 'FLT_WORD_TOO_LONG'],
  ])('%s: the client is told, and nothing is held', async (_name, parts, status, code) => {
    const response = await send(
      (async function* () {
        yield* parts;
      })(),
    );
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code, request_id: 'a-stream' });
    await nothingIsHeld();
  });

  test('another charset: 415', async () => {
    const headers = { 'content-type': 'text/plain; charset=latin1' };
    expect((await send(Buffer.from('x'), { headers })).status).toBe(415);
  });

  test('a client that leaves half way: nothing is held', async () => {
    const { hostname, port } = new URL(fleet.at(8061));
    const socket = net.connect(Number(port), hostname);
    socket.write(
      `POST /process HTTP/1.1\r\nhost: x\r\ncontent-type: ${HEADERS['content-type']}\r\ncontent-length: 9000000\r\n\r\n`,
    );
    socket.write(many);
    await busyInstance(3);
    socket.destroy();
    await nothingIsHeld();
  });

  test('an instance that dies when too much has passed to send it again: a clear error, never half a report', async () => {
    const response = await send(
      (async function* () {
        for (let n = 0; n < 60; n++) yield many;
        process.kill(fleet.pidOf(await busyInstance(2)) as number, 'SIGKILL');
        for (let n = 0; n < 60; n++) yield many;
      })(),
    );
    expect(response.status).toBe(502);
    expect(await response.json()).toMatchObject({ code: expect.stringMatching(/^FLT_/), failed_stage: 'service2' });
    await allAreReady();
    await nothingIsHeld();
  });
});
