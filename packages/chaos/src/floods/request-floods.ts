import type { Attacked, Flood, Move } from './flood.js';
import { frame, frameFlag, frameType, requestFields, uint32 } from './frames.js';

const CANCEL = 8;
const STREAMS = 250;
const HELD_BYTES = 128 * 1024 - 1;
const DATA_BYTES = 16 * 1024;
/** Requests that one connection begins before it leaves. */
const REQUESTS = 200;

const JSON_FIELDS = requestFields('application/json');
const TEXT = Buffer.from(`{"text":"${'one two three four '.repeat(100)}"}`);
/** The beginning of a text that never ends. */
const HELD = Buffer.concat([Buffer.from('{"text":"'), Buffer.alloc(HELD_BYTES, 'word ')]).subarray(0, HELD_BYTES);
const HELD_HEAD = `POST /process HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 10000000\r\n\r\n`;

const streamOf = (nth: number) => 1 + 2 * nth;

/** Streams begin, and each sends as much as it may, and no more. */
function hold({ turn, window }: { turn: number; window: (stream: number) => number }): Move {
  if (turn < STREAMS) return frame(frameType.headers, frameFlag.endHeaders, streamOf(turn), JSON_FIELDS);
  const perStream = Math.ceil(HELD_BYTES / DATA_BYTES);
  const nth = turn - STREAMS;
  if (nth >= STREAMS * perStream) return 'wait';
  const chunk = HELD.subarray((nth % perStream) * DATA_BYTES, ((nth % perStream) + 1) * DATA_BYTES);
  if (window(0) < chunk.length) return 'wait';
  return frame(frameType.data, 0, streamOf(Math.floor(nth / perStream)), chunk);
}

/** A whole request that is reset at once. */
function givenUp(nth: number, body: Buffer): Buffer {
  const stream = streamOf(nth);
  const { endHeaders, endStream } = frameFlag;
  const request = [
    frame(frameType.headers, endHeaders, stream, JSON_FIELDS),
    frame(frameType.data, endStream, stream, body),
  ];
  return Buffer.concat([...request, frame(frameType.reset, 0, stream, uint32(CANCEL))]);
}

const ALL_GIVEN_UP = Buffer.concat(Array.from({ length: REQUESTS }, (_, nth) => givenUp(nth, TEXT)));
const LEFT = Buffer.concat([
  Buffer.from(
    `POST /process HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${TEXT.length}\r\n\r\n`,
  ),
  TEXT,
]);

/** Requests that look like any other's. */
export const requestFloods: readonly Flood[] = [
  {
    name: 'held-streams',
    what: '12 x 250 streams that hold 128 KB',
    connections: 12,
    isHttp2: true,
    reads: true,
    next: (attacked) => hold({ turn: attacked.turn, window: (stream) => attacked.window(stream) }),
  },
  {
    name: 'held-bodies',
    what: '1,000 bodies of HTTP/1.1 that stop at 400 KB',
    connections: 1000,
    isHttp2: false,
    reads: true,
    next: ({ turn }: Attacked): Move => {
      if (turn === 0) return Buffer.concat([Buffer.from(HELD_HEAD), HELD]);
      return turn < 3 ? Buffer.alloc(HELD_BYTES, 'more ') : 'wait';
    },
  },
  {
    name: 'given-up',
    what: 'whole requests, reset at once, over new connections',
    connections: 8,
    isHttp2: true,
    reads: true,
    next: ({ turn }: Attacked): Move => (turn === 0 ? ALL_GIVEN_UP : 'leave'),
  },
  {
    name: 'left-at-once',
    what: 'whole requests of HTTP/1.1 whose client leaves at once',
    connections: 8,
    isHttp2: false,
    reads: true,
    next: ({ turn }: Attacked): Move => (turn === 0 ? LEFT : 'leave'),
  },
];
