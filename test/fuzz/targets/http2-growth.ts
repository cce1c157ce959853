import { setImmediate as nextTurn } from 'node:timers/promises';
import { PREFACE, ServerConnection, type ServerLimits } from '@flotilla/http2';
import { collectGarbage } from '@flotilla/process';
import fc from 'fast-check';
import { frameFlag, frameType } from '../../../packages/http2/src/frames/protocol.js';
import {
  data,
  frame,
  headers,
  literals,
  POST,
  setting,
  settingId,
  uint32,
} from '../../../packages/http2/test/frames.js';
import { SERVER_LIMITS } from '../../../packages/http2/test/limits.js';
import { Faults } from '../faults.js';
import { message, otherFrame, requestBlock } from '../http2-inputs.js';
import { MemorySocket } from '../memory-socket.js';
import { fuzzTarget } from '../target.js';

const LIMITS: ServerLimits = {
  ...SERVER_LIMITS,
  windowBytes: 16 * 1024,
  connectionWindowBytes: 64 * 1024,
  maxStreams: 8,
  maxListBytes: 4 * 1024,
  maxQueuedBytes: 256 * 1024,
};
/** What may wait for a client that does not read: that of `connection.ts`, in frames that cost as much again. */
const UNREAD_BYTES = 2 * 4 * 1024 * 1024;
/** What streams may hold, their fields twice in V8, and the code and the tables that the first rounds make. */
const HELD_BYTES = LIMITS.maxStreams * (LIMITS.windowBytes + 4 * LIMITS.maxListBytes) + 4 * 1024 * 1024;
/** If 12 bytes were kept of each of so many frames, they would be more. Most connections are ended long before. */
const FRAMES = 1_000_000;
/** Of requests that are answered, which may go on for as long as they like. */
const ANSWERED_FRAMES = 50_000;
const FRAMES_AT_ONCE = 2000;
/** More at once than there may be streams would be refused. */
const ANSWERED_AT_ONCE = LIMITS.maxStreams;

const anyFrames = (maxLength: number) =>
  fc
    .array(
      fc.oneof(
        message(requestBlock, fc.constantFrom(1, 3)),
        otherFrame.map((each) => [each]),
      ),
      { maxLength },
    )
    .map((all) => all.flat());
/** Frames with which a connection begins, and a round of them that is sent over and over. */
const inputs = fc.record({
  opening: anyFrames(2),
  round: anyFrames(3).filter(({ length }) => length > 0),
  isOnLaterStreams: fc.boolean(),
  isAnswered: fc.boolean(),
  isResumed: fc.boolean(),
  isRead: fc.boolean(),
});

const quiet = { opening: [], isOnLaterStreams: false, isAnswered: false, isResumed: false, isRead: false };
const opening = [headers(1, literals(...POST), frameFlag.endHeaders)];
/** Floods that have filled the memory of others: fields in empty pieces, pings and settings whose answers are not read, small data, resets. */
const FLOODS = [
  { ...quiet, opening: [headers(1, literals(...POST), 0)], round: [frame(frameType.continuation, 0, 1)] },
  { ...quiet, round: [frame(frameType.ping, 0, 0, Buffer.alloc(8))] },
  { ...quiet, round: [frame(frameType.settings, 0, 0, setting(settingId.windowBytes, 1))] },
  { ...quiet, opening, round: [data(1, 1)] },
  { ...quiet, opening, round: [data(1, 0)], isResumed: true },
  { ...quiet, round: [...opening, frame(frameType.reset, 0, 1, uint32(8))], isOnLaterStreams: true },
  { ...quiet, round: [headers(1, literals(...POST))], isOnLaterStreams: true, isAnswered: true },
  { ...quiet, round: [headers(1, literals(...POST))], isOnLaterStreams: true, isAnswered: true, isRead: true },
];

/** What a connection holds of frames that come in any number: its client reads or does not, its requests are read, answered or neither. */
export const http2Growth = fuzzTarget(
  'what a connection of HTTP/2 keeps',
  inputs,
  async (input) => {
    const socket = new HeldSocket(!input.isRead);
    const before = keptBytes();
    const faults = new Faults();
    const connection = new ServerConnection(socket.asSocket, BEGINNING, LIMITS, {
      onRequest: ({ stream }) => {
        stream.observer = {
          onData: () => {},
          onEnd: () => {},
          onWritable: () => {},
          onClosed: () => {},
          onFault: faults.take,
        };
        if (input.isResumed) stream.resume();
        if (input.isAnswered) stream.sendHead([':status', '204'], true);
      },
      onClosed: () => {},
      onFault: faults.take,
    });
    const isOpen = () => !connection.isClosed && !socket.destroyed;
    const [frameCount, atOnce] = input.isAnswered ? [ANSWERED_FRAMES, ANSWERED_AT_ONCE] : [FRAMES, FRAMES_AT_ONCE];
    let sent = 0;
    socket.arrive(Buffer.concat(input.opening));
    for (let firstStream = 4; sent < frameCount && isOpen(); ) {
      const frames: Buffer[] = [];
      for (; frames.length < atOnce; firstStream += 4) {
        frames.push(
          ...(input.isOnLaterStreams ? input.round.map((each) => onLaterStream(each, firstStream)) : input.round),
        );
      }
      socket.arrive(Buffer.concat(frames));
      sent += frames.length;
      await nextTurn();
    }
    const grown = keptBytes() - before;
    connection.destroy();
    socket.destroy();
    faults.check();
    const maxBytes = HELD_BYTES + (input.isRead ? 0 : UNREAD_BYTES);
    if (grown > maxBytes) throw new Error(`${sent} frames, and ${grown} bytes are kept`);
    return sent > atOnce;
  },
  FLOODS,
);

const BEGINNING = Buffer.concat([PREFACE, frame(frameType.settings, 0, 0)]);
const LARGEST_STREAM_ID = 2 ** 31 - 1;

/** A frame as it is in a later round: what is about the connection stays so. */
function onLaterStream(bytes: Buffer, firstStream: number): Buffer {
  const stream = bytes.readUInt32BE(5);
  if (stream === 0 || stream + firstStream > LARGEST_STREAM_ID) return bytes;
  const later = Buffer.from(bytes);
  later.writeUInt32BE(stream + firstStream, 5);
  return later;
}

/** A socket that forgets what went out, or whose client takes nothing. */
class HeldSocket extends MemorySocket {
  readonly #isHeld: boolean;

  constructor(isHeld: boolean) {
    super();
    this.#isHeld = isHeld;
  }

  override _write(_chunk: Buffer | string, _encoding: BufferEncoding, done: () => void): void {
    if (!this.#isHeld) done();
  }
}

function keptBytes(): number {
  collectGarbage({ type: 'major', execution: 'sync' });
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
