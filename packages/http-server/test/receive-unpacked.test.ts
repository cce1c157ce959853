import { Readable } from 'node:stream';
import { createGzip, deflateRawSync, gzipSync } from 'node:zlib';
import { FlotillaError } from '@flotilla/contracts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BodyLimit, BodySink, FaultTaker, InboundRequest } from '../src/message/exchange.js';
import { receive } from '../src/message/receive.js';
import { receiveUnpacked as receiveUnpackedWith } from '../src/message/receive-unpacked.js';

const NO_LIMIT: BodyLimit = { maxBytes: Number.POSITIVE_INFINITY, setting: '' };
const NO_FAULTS: FaultTaker = {
  fault: (error) => {
    throw error;
  },
};
const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
/** Of unpacked bytes, what may be on its way beside what was handed over. */
const AHEAD_BYTES = 4 * MIB;

const receiveUnpacked = (
  request: Pick<InboundRequest, 'receive'>,
  limit: BodyLimit,
  sink: BodySink,
  taker = NO_FAULTS,
) => receiveUnpackedWith(request, 'gzip', limit, sink, taker);

/** What became of a body. */
interface Received {
  readonly text: string;
  readonly fault: string | undefined;
}

/** A request with this body, which comes in these pieces. */
function requestOf(pieces: Iterable<Buffer> | AsyncIterable<Buffer>): Pick<InboundRequest, 'receive'> {
  const source = Readable.from(pieces, { objectMode: false });
  return {
    receive: (limit, sink) =>
      receive(source, limit, sink, { trailers: () => ['x', 'y'], confirm: (done) => done(true), taker: NO_FAULTS }),
  };
}

/** A request whose body is there before anybody asks for it. */
function requestAtOnce(body: Buffer): Pick<InboundRequest, 'receive'> {
  return {
    receive: (_limit, sink) => {
      if (body.length > 0) sink.chunk(body);
      sink.end(['x', 'y']);
      return { resume: () => {} };
    },
  };
}

function received(request: Pick<InboundRequest, 'receive'>, limit = NO_LIMIT): Promise<Received> {
  const pieces: Buffer[] = [];
  return new Promise((resolve) => {
    const settle = (fault: string | undefined) => resolve({ text: Buffer.concat(pieces).toString('latin1'), fault });
    const receiving = receiveUnpacked(request, limit, {
      chunk: (chunk) => {
        pieces.push(chunk);
        setImmediate(() => receiving.resume());
        return false;
      },
      end: (trailers) => settle(trailers.join() === 'x,y' ? undefined : 'no trailers'),
      fail: (error) => settle(error instanceof FlotillaError ? error.code : String(error)),
    });
  });
}

function cut(bytes: Buffer, pieceBytes: number): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) pieces.push(bytes.subarray(at, at + pieceBytes));
  return pieces;
}

const packed = (text: string) => gzipSync(Buffer.from(text, 'latin1'));
const HELLO = packed('hello');
const BODY_OF_NONE = Buffer.from('no gzip');
const withFlags = Buffer.concat([
  // A name, a comment and an extra field (RFC 1952, section 2.3), and a checksum of the head.
  Buffer.from([0x1f, 0x8b, 8, 0x1c, 0, 0, 0, 0, 0, 3, 2, 0, 7, 7]),
  Buffer.from('name\0comment\0'),
  deflateRawSync('hello'),
  HELLO.subarray(-8),
]);
const broken = (at: number) => {
  const bytes = Buffer.from(HELLO);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 0xff, at);
  return bytes;
};

/** Bodies, and what they unpack to; undefined: they are no gzip. */
const bodies: [name: string, body: Buffer, text: string | undefined][] = [
  ['a member', HELLO, 'hello'],
  ['a member of nothing', packed(''), ''],
  ['a member that is stored', gzipSync('hello', { level: 0 }), 'hello'],
  ['a member with all that a head may have', withFlags, 'hello'],
  ['members behind each other', Buffer.concat([HELLO, packed(''), packed(' world')]), 'hello world'],
  ['zeros after it, which are padding', Buffer.concat([HELLO, Buffer.alloc(700)]), 'hello'],
  ['nothing', Buffer.alloc(0), undefined],
  ['zeros', Buffer.alloc(20), undefined],
  ['a text', Buffer.from('{"text":"hello"}'), undefined],
  ['garbage after it', Buffer.concat([HELLO, Buffer.from('garbage')]), undefined],
  ['garbage after its padding', Buffer.concat([HELLO, Buffer.alloc(700), Buffer.from('g')]), undefined],
  ['a member behind its padding', Buffer.concat([HELLO, Buffer.alloc(700), HELLO]), undefined],
  ['half a head', HELLO.subarray(0, 4), undefined],
  ['a head alone', HELLO.subarray(0, 10), undefined],
  ['no checksum', HELLO.subarray(0, -8), undefined],
  ['half a length', HELLO.subarray(0, -2), undefined],
  ['half a member behind one', Buffer.concat([HELLO, HELLO.subarray(0, 9)]), undefined],
  ['one byte of a member behind one', Buffer.concat([HELLO, HELLO.subarray(0, 1)]), undefined],
  ['another checksum', broken(HELLO.length - 6), undefined],
  ['another length', broken(HELLO.length - 1), undefined],
  ['another method', broken(2), undefined],
  ['flags that are reserved', broken(3), undefined],
  ['zlib’s own head', Buffer.from([0x78, 0x9c, ...deflateRawSync('hello')]), undefined],
];

describe.each([1, 2, 7, 1 << 20])('in pieces of %i', (pieceBytes) => {
  test.each(bodies)('%s', async (_name, body, text) => {
    const told = await received(requestOf(cut(body, pieceBytes)));
    if (text === undefined) expect(told.fault).toBe('FLT_INVALID_ENCODING');
    else expect(told).toEqual({ text, fault: undefined });
  });
});

test.each(bodies)('at once: %s', async (_name, body, text) => {
  const told = await received(requestAtOnce(body));
  if (text === undefined) expect(told.fault).toBe('FLT_INVALID_ENCODING');
  else expect(told).toEqual({ text, fault: undefined });
});

test('any bytes, in any members and pieces, come out as they went in', async () => {
  const part = fc.record({
    bytes: fc.uint8Array({ maxLength: 300 }),
    times: fc.integer({ min: 1, max: 300 }),
    level: fc.integer({ min: 0, max: 9 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(part, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 5000 }),
      async (parts, pieceBytes) => {
        const texts = parts.map(({ bytes, times }) => Buffer.from(bytes).toString('latin1').repeat(times));
        const members = texts.map((text, n) => gzipSync(Buffer.from(text, 'latin1'), { level: parts[n]?.level ?? 6 }));
        const told = await received(requestOf(cut(Buffer.concat(members), pieceBytes)));
        expect(told.fault).toBeUndefined();
        expect(told.text === texts.join('')).toBe(true);
      },
    ),
    { numRuns: 60 },
  );
});

describe('the limit is that of what is unpacked', () => {
  const limit: BodyLimit = { maxBytes: 100_000, setting: 'FLOTILLA_MAX_BODY_BYTES' };

  test('a body that unpacks to as much is taken, whether or not it could be packed', async () => {
    const random = Buffer.from(Array.from({ length: 100_000 }, (_, n) => (n * 7919 + (n >> 3) * 104_729) & 0xff));
    for (const body of [gzipSync(Buffer.alloc(100_000)), gzipSync(random, { level: 0 })]) {
      expect((await received(requestOf([body]), limit)).fault).toBeUndefined();
    }
  });

  test.each([
    ['by one member', gzipSync(Buffer.alloc(100_001))],
    ['by many members', Buffer.concat(Array.from({ length: 11 }, () => gzipSync(Buffer.alloc(10_000))))],
  ])('a byte more is not, %s', async (_name, body) => {
    expect((await received(requestOf([body]), limit)).fault).toBe('FLT_BODY_TOO_LARGE');
  });

  test('packed bytes that unpack to nothing count as well', async () => {
    const nothing = Buffer.concat(Array.from({ length: 6000 }, () => packed('')));
    expect((await received(requestOf(cut(nothing, 1000)), limit)).fault).toBe('FLT_BODY_TOO_LARGE');
  });
});

/** Ten GiB of zeros, packed while they are read. */
function bomb(): AsyncIterable<Buffer> {
  const zeros = Buffer.alloc(16 * MIB);
  const bytes = function* () {
    for (let at = 0; at < 10 * GIB; at += zeros.length) yield zeros;
  };
  return Readable.from(bytes()).pipe(createGzip({ level: 1 }));
}

test('of a bomb no more is unpacked than the limit lets pass, and no more of it is read', async () => {
  let readBytes = 0;
  let unpackedBytes = 0;
  const watched = async function* () {
    for await (const chunk of bomb()) {
      readBytes += chunk.length;
      yield chunk;
    }
  };
  const fault = await new Promise<Error>((resolve) => {
    receiveUnpacked(
      requestOf(watched()),
      { maxBytes: 100 * MIB, setting: 'x' },
      {
        chunk: (chunk) => {
          unpackedBytes += chunk.length;
          return true;
        },
        end: () => {},
        fail: resolve,
      },
    );
  });
  expect(fault).toMatchObject({ code: 'FLT_BODY_TOO_LARGE' });
  expect(unpackedBytes).toBeLessThanOrEqual(100 * MIB);
  // Packed, zeros are some two hundredths of that, and more.
  expect(readBytes).toBeLessThan(2 * MIB);
});

test('for a slow reader no more is unpacked than is on its way, and the source waits', async () => {
  const packedPiece = gzipSync(Buffer.alloc(64 * MIB));
  const [calls, source] = [
    { given: 0 },
    Readable.from(cut(Buffer.concat([packedPiece, packedPiece]), 1024), { objectMode: false }),
  ];
  source.on('data', (chunk: Buffer) => {
    calls.given += chunk.length;
  });
  let takenBytes = 0;
  const before = process.memoryUsage().arrayBuffers;
  let highestBytes = 0;
  await new Promise<void>((resolve, reject) => {
    const request: Pick<InboundRequest, 'receive'> = {
      receive: (limit, sink) =>
        receive(source, limit, sink, { trailers: () => [], confirm: (done) => done(true), taker: NO_FAULTS }),
    };
    const receiving = receiveUnpacked(request, NO_LIMIT, {
      chunk: (chunk) => {
        takenBytes += chunk.length;
        highestBytes = Math.max(highestBytes, process.memoryUsage().arrayBuffers - before);
        if (takenBytes < 8 * MIB) return true;
        // It takes no more. Nothing comes, in however many turns of the event loop.
        let turns = 0;
        const wait = () => {
          if (++turns < 200) setImmediate(wait);
          else resolve();
        };
        setImmediate(wait);
        return false;
      },
      end: () => reject(new Error('all of it came')),
      fail: reject,
    });
    void receiving;
  });
  expect(takenBytes).toBeLessThan(8 * MIB + AHEAD_BYTES);
  expect(highestBytes).toBeLessThan(64 * MIB);
  expect(calls.given).toBeLessThan(packedPiece.length);
});

test('a client that leaves ends the unpacking', async () => {
  const source = new Readable({ read: () => {} });
  source.push(HELLO.subarray(0, 12));
  const request: Pick<InboundRequest, 'receive'> = {
    receive: (limit, sink) =>
      receive(source, limit, sink, { trailers: () => [], confirm: (done) => done(true), taker: NO_FAULTS }),
  };
  const told = received(request);
  setImmediate(() => source.destroy());
  expect((await told).fault).toBe('FLT_BODY_INCOMPLETE');
});

test('what is thrown where zlib calls fails the body, or ends up with its request, and nowhere else', async () => {
  const thrown = (message: string) => () => {
    throw new Error(message);
  };
  const outcome = (body: Buffer, given: Partial<BodySink>) =>
    new Promise<string>((resolve) => {
      const sink: BodySink = {
        chunk: () => true,
        end: () => resolve('end'),
        fail: (error) => resolve(`failed: ${error.message}`),
        ...given,
      };
      receiveUnpacked(requestOf([body]), NO_LIMIT, sink, {
        fault: (error) => resolve(`fault: ${(error as Error).message}`),
      });
    });
  expect(await outcome(HELLO, { chunk: thrown('chunk') })).toBe('failed: chunk');
  expect(await outcome(HELLO, { end: thrown('end') })).toBe('failed: end');
  expect(await outcome(HELLO, { end: () => Promise.reject(new Error('later')) })).toBe('failed: later');
  expect(await outcome(HELLO, { end: thrown('end'), fail: thrown('fail') })).toBe('fault: fail');
  expect(await outcome(BODY_OF_NONE, { fail: thrown('fail') })).toBe('fault: fail');
});
