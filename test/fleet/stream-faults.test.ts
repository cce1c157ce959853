import { stages } from '@flotilla/topology';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { grownProcesses, heldAt, memoryByName } from './held.js';
import { answerOf, type TestFleet, testFleet, waitFor } from './support.js';
import { differentWords, expectCount, expectProblem, repeated, Upload } from './upload.js';

/** What is kept for sending again. More than is gathered before a try begins, less than may be under way at one hop. */
const REPLAY_BYTES = 400_000;
/** A process of a busy machine may have to wait for its turn: that should not look like a stall. */
const PROGRESS_TIMEOUT_MS = 10_000;
const SLOW_PAUSE_MS = 250;
const TEN_MILLION = 10_000_000;

/**
 * Everything is given back within a second of the answer. On a machine that is busy with other things the processes
 * have their turn later than that, so three are allowed.
 */
const FREE_WITHIN_MS = 3000;
/** The heap of a process that works grows by tens of megabytes, and stays so; what a request held would be more. */
const MAX_GROWTH_BYTES = 150e6;

const words = Buffer.from('word '.repeat(20_000));
const WORDS_TO_PIECE = 20_000;
/** Service 2 takes them all, and has nothing to hand on; white space around JSON's values is what service 1 drops. */
const dropped = { text: Buffer.alloc(10_000, '.'), json: Buffer.alloc(10_000, ' ') };

let fleet: TestFleet;
let memoryBefore: Map<string, number>;

beforeAll(async () => {
  fleet = await testFleet({
    mode: 'parallel',
    env: {
      FLOTILLA_PROGRESS_TIMEOUT_MS: String(PROGRESS_TIMEOUT_MS),
      FLOTILLA_MAX_REPLAY_BYTES: String(REPLAY_BYTES),
      FLOTILLA_MAX_REPLAY_STREAM_BYTES: String(REPLAY_BYTES),
    },
  });
  // Each instance has worked, and has the heap of one that works.
  for (let n = 0; n < 8; n++) await wholeUpload(100);
  memoryBefore = await memoryByName(fleet);
  return () => fleet.end();
});

afterEach(async () => {
  await nothingIsHeld();
  expect(await answerOf(await fleet.post('/process', { text: 'The end, the END' }))).toMatchObject({ word_count: 4 });
});

function upload(query = '', contentLength?: number): Upload {
  return new Upload(`${fleet.at(8061)}/process${query}`, contentLength);
}

/** A good stream. */
async function wholeUpload(pieces: number): Promise<void> {
  const whole = upload();
  await whole.writeAll(repeated(words, pieces));
  whole.end();
  expectCount(await whole.answer, pieces * WORDS_TO_PIECE);
}

async function nothingIsHeld(): Promise<void> {
  const nothing = stages.map(() => ({ inFlight: [0, 0, 0, 0], replayBytes: 0 }));
  const options = { timeout: FREE_WITHIN_MS, interval: 20 };
  await expect.poll(() => Promise.all(stages.map(({ number }) => heldAt(fleet, number))), options).toEqual(nothing);
  await expect.poll(() => grownProcesses(fleet, memoryBefore, MAX_GROWTH_BYTES), options).toEqual([]);
}

/** The instance of a stage that works on the one request there is, once this much or little is kept for sending it again. */
async function busyInstance(stage: number, isAsWanted: (replayBytes: number) => boolean): Promise<string> {
  let busy: string | undefined;
  await waitFor(async () => {
    const { stats, replay_bytes } = await fleet.stats(stage);
    busy = Object.keys(stats).find((key) => stats[key]?.in_flight === 1);
    return busy !== undefined && isAsWanted(replay_bytes ?? Number.NaN);
  });
  return busy?.split(':', 1)[0] as string;
}

const isWithinLimit = (replayBytes: number) => replayBytes > 0;
const isBeyondLimit = (replayBytes: number) => replayBytes === 0;

function signal(name: string, kind: NodeJS.Signals): void {
  const pid = fleet.pidOf(name);
  if (pid) process.kill(pid, kind);
}

describe('a client that does not go on', () => {
  test.each<[string, number | undefined]>([
    ['with its length announced', 50_000_000],
    ['in chunks', undefined],
  ])('it sends no more half way, %s: 400', async (_name, contentLength) => {
    const half = upload('', contentLength);
    await half.writeAll(repeated(words, 50));
    await busyInstance(3, isBeyondLimit);
    half.halfClose();
    expectProblem(await half.answer, { status: 400, code: 'FLT_BODY_INCOMPLETE' });
  });

  test.each([
    ['early', 2, isWithinLimit],
    ['late', 50, isBeyondLimit],
  ])('it leaves %s', async (_name, pieces, isAsWanted) => {
    const left = upload();
    await left.writeAll(repeated(words, pieces));
    await busyInstance(3, isAsWanted);
    left.leave();
    await expect(left.answer).rejects.toThrow();
  });

  test('it stalls, having sent nothing, little, or much: 408; one that is only slow, or sends what is dropped, is answered', async () => {
    const stalled = [0, 2, 50].map(async (pieces) => {
      const stalling = upload('', 50_000_000);
      await stalling.writeAll(repeated(words, pieces));
      return stalling.answer;
    });
    const [slow, dropping] = [upload(), upload()];
    const json = new Upload(`${fleet.at(8061)}/process`, undefined, 'application/json');
    await dropping.write(words);
    await json.writeAll([Buffer.from('{"text":"'), words, Buffer.from('"')]);
    const durationMs = 1.25 * PROGRESS_TIMEOUT_MS;
    const [slowPieces] = await Promise.all([
      writeSlowly(slow, words, durationMs),
      writeSlowly(dropping, dropped.text, durationMs),
      writeSlowly(json, dropped.json, durationMs, Buffer.from('}')),
    ]);
    for (const answer of await Promise.all(stalled)) {
      expectProblem(answer, { status: 408, code: 'FLT_REQUEST_TIMEOUT' });
      expect(answer.headers['x-failed-stage']).toBeUndefined();
    }
    expectCount(await slow.answer, slowPieces * WORDS_TO_PIECE);
    expectCount(await dropping.answer, WORDS_TO_PIECE);
    expectCount(await json.answer, WORDS_TO_PIECE);
    for (const { number } of stages) {
      const { stats } = await fleet.stats(number);
      expect(Object.values(stats).map(({ errors }) => errors)).toEqual([0, 0, 0, 0]);
    }
  });
});

/** Sends a piece now and then for so long. @returns how many */
async function writeSlowly(
  slow: Upload,
  chunk: Uint8Array,
  durationMs: number,
  last: Uint8Array = Buffer.alloc(0),
): Promise<number> {
  const end = performance.now() + durationMs;
  let pieces = 0;
  for (; performance.now() < end; pieces++) {
    await slow.write(chunk);
    await new Promise((resolve) => setTimeout(resolve, SLOW_PAUSE_MS));
  }
  await slow.write(last);
  slow.end();
  return pieces;
}

describe('a text at the limits, or beyond', () => {
  test('its UTF-8 is broken after several megabytes: 400', async () => {
    const broken = upload();
    await broken.writeAll(repeated(words, 50));
    await broken.write(Buffer.from([0x61, 0xc3, 0x28]));
    await broken.writeAll(repeated(words, 1000));
    expectProblem(await broken.answer, { status: 400, code: 'FLT_INVALID_UTF8' });
  });

  test('it is a single word of a gigabyte: 422 that names the limit, long before all of it was sent', async () => {
    const chunk = Buffer.alloc(100_000, 'x');
    const endless = upload('', 1e9);
    await endless.writeAll(repeated(chunk, 10_000));
    const answer = await endless.answer;
    expectProblem(answer, { status: 422, code: 'FLT_WORD_TOO_LONG' });
    expect(answer.body).toContain('FLOTILLA_MAX_WORD_BYTES');
    expect(answer.body).toContain('1048576 bytes');
    expect(endless.sentBytes).toBeLessThan(300e6);
  });

  test('it has ten million different words: that is within the limit, and they are counted exactly', async () => {
    const large = upload();
    await large.writeAll(differentWords(TEN_MILLION));
    large.end();
    const answer = await large.answer;
    expectCount(answer, TEN_MILLION);
    expect(JSON.parse(answer.body)).toMatchObject({
      message: `Counted ${TEN_MILLION} words, ${TEN_MILLION} of them different.`,
      top_words: Array.from({ length: 10 }, (_, n) => [`0000${n}`, 1]),
    });
  }, 120_000);
});

describe.each([1, 2, 3])('an instance of stage %i dies in the middle of a stream', (stage) => {
  test('all that has passed can be sent again: another answers, and exactly', async () => {
    const retries = async () => (await fleet.stats(stage)).totals.retries;
    const retriesBefore = await retries();
    const retried = upload();
    await retried.writeAll(repeated(words, 2));
    signal(await busyInstance(stage, isWithinLimit), 'SIGKILL');
    await waitFor(async () => (await retries()) > retriesBefore);
    await retried.writeAll(repeated(words, 100));
    retried.end();
    expectCount(await retried.answer, 102 * WORDS_TO_PIECE);
  });

  test('more has passed than is kept: 502 that names the stage', async () => {
    const lost = upload();
    await lost.writeAll(repeated(words, 50));
    signal(await busyInstance(stage, isBeyondLimit), 'SIGKILL');
    await lost.writeAll(repeated(words, 10_000));
    const answer = await lost.answer;
    expectProblem(answer, { status: 502, code: 'FLT_INSTANCES_FAILED' });
    expect(answer.headers['x-failed-stage']).toBe(`service${stage}`);
  });
});

/** Stage 4 gets its part when the text has ended, and is quick: it is stopped while one of its instances is killed. */
describe('an instance of stage 4 dies with the figures of a stream half read', () => {
  async function killBusy(isAsWanted: (replayBytes: number) => boolean): Promise<void> {
    const names = stages[3]?.instances.map(({ name }) => name) ?? [];
    for (const name of names) signal(name, 'SIGSTOP');
    try {
      signal(await busyInstance(4, isAsWanted), 'SIGKILL');
    } finally {
      for (const name of names) signal(name, 'SIGCONT');
    }
  }

  test('all of them can be sent again: another answers, and exactly', async () => {
    const retried = upload();
    await retried.writeAll(repeated(words, 100));
    const killed = killBusy(isWithinLimit);
    retried.end();
    await killed;
    expectCount(await retried.answer, 100 * WORDS_TO_PIECE);
  });

  test('the table is larger than what is kept: 502 that names the stage', async () => {
    const lost = upload('?include=frequencies');
    await lost.writeAll(differentWords(1_000_000));
    const killed = killBusy(isBeyondLimit);
    lost.end();
    await killed;
    const answer = await lost.answer;
    expectProblem(answer, { status: 502, code: 'FLT_INSTANCES_FAILED' });
    expect(answer.headers['x-failed-stage']).toBe('service4');
  });
});
