import { HeldBytes } from '@flotilla/http2';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keptBytes } from '../../http2/test/memory.js';
import { Body } from '../src/request/body.js';
import { Progress } from '../src/request/progress.js';
import { ReplayBudget } from '../src/request/replay-budget.js';

const GATHER_BYTES = 16;

async function read(source: ReturnType<Body['forTry']>): Promise<Buffer> {
  if (source === null) return Buffer.alloc(0);
  if (source instanceof Uint8Array) return Buffer.from(source);
  const chunks: Uint8Array[] = [];
  for await (const batch of source) chunks.push(...batch);
  return Buffer.concat(chunks);
}

/** What a try does as it begins. */
function attempt(body: Body) {
  body.rewind();
  return body.forTry();
}

function newBody(perRequestBytes = 1024, totalBytes = 4096, held = new HeldBytes()) {
  const budget = new ReplayBudget(totalBytes, held);
  return { budget, body: new Body(budget, GATHER_BYTES, perRequestBytes) };
}

describe('a body on its way', () => {
  test('every try reads it from its beginning, whatever its size and pieces', async () => {
    const chunks = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(chunks, fc.nat({ max: 20 }), async (pieces, firstTryAfter) => {
        const { body, budget } = newBody();
        const whole = Buffer.concat(pieces);
        pieces.slice(0, firstTryAfter).forEach((chunk) => {
          body.push(chunk);
        });
        const abandoned = attempt(body);
        if (abandoned && !(abandoned instanceof Uint8Array)) {
          await Promise.race([abandoned[Symbol.asyncIterator]().next(), Promise.resolve()]);
        }
        pieces.slice(firstTryAfter).forEach((chunk) => {
          body.push(chunk);
        });
        body.end();
        expect(body.canStart).toBe(true);
        expect(await read(attempt(body))).toEqual(whole);
        expect(await read(attempt(body))).toEqual(whole);
        expect(budget.keptBytes).toBe(whole.length);
        body.release();
        expect(budget.keptBytes).toBe(0);
      }),
    );
  });

  test('past the limit of a request it streams on, and cannot be sent again', async () => {
    const { body, budget } = newBody(100);
    const chunk = Buffer.alloc(60, 1);
    body.push(chunk);
    const reading = read(attempt(body));
    body.push(chunk);
    expect(budget.keptBytes).toBe(0);
    body.push(chunk);
    body.end();
    expect(await reading).toHaveLength(180);
    expect(body.canStart).toBe(false);
  });

  test('a body past the limit that is still unread can be sent once', async () => {
    const { body } = newBody(10);
    body.push(Buffer.alloc(60, 1));
    body.end();
    expect(body.canStart).toBe(true);
    expect(await read(attempt(body))).toHaveLength(60);
    expect(body.canStart).toBe(false);
  });

  test('a body past the limit of which no try has taken anything, as when it found no connection, can still be sent', async () => {
    const { body } = newBody(10);
    body.push(Buffer.alloc(60, 1));
    attempt(body);
    body.push(Buffer.alloc(60, 2));
    body.end();
    expect(body.canStart).toBe(true);
    expect(await read(attempt(body))).toHaveLength(120);
    expect(body.canStart).toBe(false);
  });

  test('the common limit of a process bounds what all bodies keep together', () => {
    const budget = new ReplayBudget(150);
    const bodies = [new Body(budget, 0, 100), new Body(budget, 0, 100)];
    for (const body of bodies) body.push(Buffer.alloc(100));
    expect(budget.keptBytes).toBe(100);
    for (const body of bodies) body.release();
    expect(budget.keptBytes).toBe(0);
  });

  test('its source is asked to wait when it is far ahead of the reader, and to go on when it is not', async () => {
    const { body } = newBody(10_000_000, 10_000_000);
    let drains = 0;
    body.source = {
      resume: () => {
        drains++;
      },
    };
    const chunk = Buffer.alloc(64 * 1024);
    let pushes = 0;
    do pushes++;
    while (body.push(chunk) && pushes < 100);
    expect(pushes).toBeLessThan(100);
    const source = attempt(body) as AsyncIterable<readonly Uint8Array[]>;
    const reader = source[Symbol.asyncIterator]();
    for (let read = 0; read < pushes; ) read += ((await reader.next()).value as Uint8Array[]).length;
    expect(drains).toBe(1);
  });

  test('a source that adds more the moment it is told to go on is told again', async () => {
    const { body } = newBody(0);
    const chunk = Buffer.alloc(300 * 1024);
    let left = 4;
    const source = {
      resume: () => {
        for (let hasRoom = true; hasRoom && left > 0; left--) hasRoom = body.push(chunk);
        if (left === 0) body.end();
      },
    };
    body.source = source;
    expect(body.push(chunk)).toBe(false);
    expect(await read(attempt(body))).toHaveLength(5 * chunk.length);
  });

  test('a source that breaks off is no end: its reader is told, and no try starts again', async () => {
    const { body } = newBody();
    body.push(Buffer.alloc(60));
    const reading = read(attempt(body));
    body.fail(new Error('cut short'));
    await expect(reading).rejects.toThrow('cut short');
    expect(body.canStart).toBe(false);
  });

  test('a reader that another try has taken over from never ends as if the body were whole', async () => {
    const { body } = newBody();
    body.push(Buffer.alloc(60));
    const reading = read(attempt(body));
    const second = read(attempt(body));
    body.end();
    await expect(reading).rejects.toThrow();
    expect(await second).toHaveLength(60);
  });

  test('a small body is waited for, a large one is not', () => {
    const { body } = newBody();
    let started = 0;
    body.whenStartable(() => started++);
    body.push(Buffer.alloc(GATHER_BYTES));
    expect(started).toBe(0);
    body.push(Buffer.alloc(1));
    expect(started).toBe(1);
    body.push(Buffer.alloc(1));
    body.end();
    expect(started).toBe(1);
  });
});

describe('a body in a process that holds all it may', () => {
  const PIECE = Buffer.alloc(32 * 1024);
  const batches = (body: Body) => (attempt(body) as AsyncIterable<readonly Buffer[]>)[Symbol.asyncIterator]();

  test('is read no further ahead than it takes to begin it, and goes on as it is taken, whatever its length', async () => {
    const held = new HeldBytes();
    held.maxBytes = 1;
    const { body, budget } = newBody(10_000_000, 10_000_000, held);
    let resumed = 0;
    body.source = { resume: () => resumed++ };
    for (let n = 0; n < 2; n++) expect(body.push(PIECE)).toBe(true);
    expect([body.push(PIECE), body.isInTheWay]).toEqual([false, true]);
    const reader = batches(body);
    for (let n = 1; n <= 100; n++) {
      await reader.next();
      expect(resumed).toBe(n);
      while (body.push(PIECE));
    }
    expect(budget.keptBytes).toBe(0);
    expect(held.bytes).toBeLessThan(200_000);
    body.release();
    expect(held.bytes).toBe(0);
  });

  test('counts for what of it is in memory, kept or on its way, and for nothing once it is over', async () => {
    const held = new HeldBytes();
    const kept = newBody(10_000_000, 10_000_000, held).body;
    for (let n = 0; n < 4; n++) kept.push(PIECE);
    await batches(kept).next();
    expect(held.bytes).toBe(4 * PIECE.length);
    kept.push(PIECE);
    kept.stopKeeping();
    expect(held.bytes).toBe(PIECE.length);
    kept.release();
    const passing = newBody(0, 0, held).body;
    for (let n = 0; n < 4; n++) passing.push(PIECE);
    expect(held.bytes).toBe(4 * PIECE.length);
    await batches(passing).next();
    expect(held.bytes).toBe(0);
    passing.release();
    expect(held.bytes).toBe(0);
  });

  test('is ended when it makes no progress, whichever side is due', () => {
    const held = new HeldBytes();
    const { body } = newBody(10_000_000, 10_000_000, held);
    const progress = new Progress({ tryTimeoutMs: 60_000, progressTimeoutMs: 60_000 }, 0);
    body.push(Buffer.alloc(10));
    progress.check(body, undefined, 0);
    expect(progress.check(body, undefined, 6_000)).toBeUndefined();
    held.maxBytes = 1;
    expect(progress.check(body, undefined, 4_999)).toBeUndefined();
    expect(progress.check(body, undefined, 5_000)).toBe('client');
    body.release();
    expect(progress.check(body, undefined, 59_000)).toBeUndefined();
  });
});

describe('a body in very small pieces', () => {
  const ONE = Buffer.alloc(1, 7);
  const PIECES = 300_000;

  test('is the same for every try, whatever was read of it as it came', async () => {
    const chunk = fc.oneof({ weight: 5, arbitrary: fc.nat({ max: 9 }) }, fc.integer({ min: 1000, max: 9000 }));
    const step = fc.record({ bytes: chunk, reads: fc.nat({ max: 2 }), isAgain: fc.nat({ max: 9 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 200, size: 'max' }), async (steps) => {
        const { body } = newBody(10_000_000, 10_000_000);
        const pieces: Buffer[] = [];
        let [seen, readBytes] = [attempt(body), 0];
        for (const { bytes, reads, isAgain } of steps) {
          pieces.push(Buffer.alloc(bytes, pieces.length));
          body.push(pieces[pieces.length - 1] as Buffer);
          if (isAgain === 0) [seen, readBytes] = [attempt(body), 0];
          const reader = (seen as AsyncIterable<readonly Buffer[]>)[Symbol.asyncIterator]();
          for (let n = 0; n < reads && !(seen instanceof Uint8Array) && readBytes < body.totalBytes; n++) {
            const batch = Buffer.concat((await reader.next()).value);
            const whole = Buffer.concat(pieces);
            expect(batch.equals(whole.subarray(readBytes, readBytes + batch.length))).toBe(true);
            readBytes += batch.length;
          }
        }
        body.end();
        expect(await read(attempt(body))).toEqual(Buffer.concat(pieces));
        expect(await read(attempt(body))).toEqual(Buffer.concat(pieces));
      }),
      { numRuns: 60 },
    );
  });

  test('takes little more memory than its size, whether it is read as it comes or not', async () => {
    for (const isRead of [true, false]) {
      const { body } = newBody(10_000_000, 10_000_000);
      const before = keptBytes();
      const reader = (attempt(body) as AsyncIterable<readonly Buffer[]>)[Symbol.asyncIterator]();
      for (let n = 0; n < PIECES; n++) {
        body.push(ONE);
        if (isRead) await reader.next();
      }
      expect(keptBytes() - before).toBeLessThan(5_000_000);
      body.end();
      expect(await read(attempt(body))).toHaveLength(PIECES);
    }
  });

  test('leaves nothing behind where it is not kept, and says so to a try that starts again', async () => {
    const { body } = newBody(0, 0);
    const before = keptBytes();
    const reader = (attempt(body) as AsyncIterable<readonly Buffer[]>)[Symbol.asyncIterator]();
    let readBytes = 0;
    for (let n = 0; n < PIECES; n++) {
      body.push(Buffer.alloc(1));
      readBytes += Buffer.concat((await reader.next()).value).length;
    }
    expect(readBytes).toBe(PIECES);
    expect(keptBytes() - before).toBeLessThan(1_000_000);
    expect(body.canStart).toBe(false);
    await expect(read(attempt(body))).rejects.toThrow('dropped');
  });
});

describe('a body and its limits, at awkward moments', () => {
  test('a limit met while the next try waits for its connection loses nothing', async () => {
    const { body } = newBody(100);
    body.push(Buffer.alloc(60, 1));
    const first = attempt(body) as AsyncIterable<readonly Uint8Array[]>;
    await first[Symbol.asyncIterator]().next();
    body.rewind();
    body.push(Buffer.alloc(60, 2));
    body.end();
    expect(await read(body.forTry())).toEqual(Buffer.concat([Buffer.alloc(60, 1), Buffer.alloc(60, 2)]));
  });

  test('reading a body of which a part was dropped always fails', async () => {
    const { body } = newBody(100);
    body.push(Buffer.alloc(60, 1));
    const first = attempt(body) as AsyncIterable<readonly Uint8Array[]>;
    await first[Symbol.asyncIterator]().next();
    body.push(Buffer.alloc(60, 2));
    body.end();
    expect(body.canStart).toBe(false);
    await expect(read(attempt(body))).rejects.toThrow('dropped');
  });

  test('a limit met between a failed try and the next one’s first read loses nothing', async () => {
    const { body } = newBody(100);
    body.push(Buffer.alloc(30, 1));
    body.push(Buffer.alloc(30, 2));
    const first = (attempt(body) as AsyncIterable<readonly Uint8Array[]>)[Symbol.asyncIterator]();
    await first.next();
    const second = attempt(body);
    body.push(Buffer.alloc(60, 3));
    body.end();
    expect(await read(second)).toEqual(Buffer.concat([Buffer.alloc(30, 1), Buffer.alloc(30, 2), Buffer.alloc(60, 3)]));
  });

  test('there is room again as soon as the reader has caught up, though nothing was pushed since', async () => {
    const { body } = newBody(10_000_000, 10_000_000);
    while (body.push(Buffer.alloc(64 * 1024)));
    expect(body.hasRoom).toBe(false);
    await (attempt(body) as AsyncIterable<readonly Uint8Array[]>)[Symbol.asyncIterator]().next();
    expect(body.hasRoom).toBe(true);
  });

  test('what comes in one turn of the event loop goes out in one batch, up to a limit', async () => {
    const { body } = newBody(10_000_000, 10_000_000);
    body.push(Buffer.alloc(100));
    const batches = (attempt(body) as AsyncIterable<readonly Uint8Array[]>)[Symbol.asyncIterator]();
    expect((await batches.next()).value).toHaveLength(1);
    const next = batches.next();
    for (let n = 0; n < 5; n++) {
      body.push(Buffer.alloc(10));
      await Promise.resolve();
    }
    expect((await next).value).toHaveLength(5);
    for (let n = 0; n < 8; n++) body.push(Buffer.alloc(64 * 1024));
    expect((await batches.next()).value).toHaveLength(4);
  });

  test('a source that looks for room while the next try begins is told when there is some', async () => {
    const { body } = newBody(10_000_000, 10_000_000);
    let resumed = 0;
    body.source = { resume: () => resumed++ };
    const first = (attempt(body) as AsyncIterable<readonly Uint8Array[]>)[Symbol.asyncIterator]();
    for (let n = 0; n < 8; n++) {
      expect(body.push(Buffer.alloc(64 * 1024))).toBe(true);
      await first.next();
    }
    const second = attempt(body) as AsyncIterable<readonly Uint8Array[]>;
    expect(body.hasRoom).toBe(false);
    const batches = second[Symbol.asyncIterator]();
    while (!body.hasRoom) await batches.next();
    expect(resumed).toBe(1);
  });

  test('a source that waits for its turn is told when no more of it is wanted', async () => {
    const cancelled = newBody().body;
    cancelled.fail(new Error('the client left'));
    await expect(cancelled.turn()).rejects.toThrow('the client left');
    const released = newBody(10_000_000, 10_000_000).body;
    while (released.push(Buffer.alloc(64 * 1024)));
    const turn = released.turn();
    released.release();
    await expect(turn).rejects.toThrow('no longer read');
  });
});
