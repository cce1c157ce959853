import fc from 'fast-check';
import { FRAME_HEAD_BYTES, frameFlag, frameType } from '../../packages/http2/src/frames/protocol.js';
import { data, frame, headers, literals, POST, setting, uint32 } from '../../packages/http2/test/frames.js';
import { latin1, shown } from './bytes.js';

/** What means something in a frame's head: lengths, types and flags. */
export const MEANINGFUL_IN_FRAMES = ['\x00', '\x01', '\x04', '\x05', '\x08', '\x20', '\xff'];

/** A number in HPACK (RFC 7541, section 5.1). @param first - Bits of the first byte that are not its. */
function integer(value: number, prefixBits: number, first: number): Buffer {
  const largest = 2 ** prefixBits - 1;
  if (value < largest) return Buffer.from([first | value]);
  const bytes = [first | largest];
  let rest = value - largest;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return Buffer.from([...bytes, rest]);
}

const string = (text: string) => Buffer.concat([integer(text.length, 7, 0), latin1(text)]);
/** `www.example.com`, `no-cache` and `custom-value` in Huffman's code (RFC 7541, appendix C.4). */
const coded = fc.constantFrom('8cf1e3c2e5f23a6ba0ab90f4ff', '86a8eb10649cbf', '8925a849e95bb8e8b4bf');
const value = fc.oneof(
  fc.constantFrom('', 'a', 'b c', 'v'.repeat(200), '\xe9', '"', '\t').map(string),
  coded.map((hex) => Buffer.from(hex, 'hex')),
);
const ownName = fc
  .constantFrom('x-a', 'x-b', 'accept', 'content-type', 'cookie', 'te', 'x-long-name-of-a-field')
  .map(string);
const kind = fc.constantFrom([6, 0x40], [4, 0x00], [4, 0x10]);
const literal = fc
  .tuple(kind, ownName, value)
  .map(([[, bits = 0], name, text]) => Buffer.concat([Buffer.from([bits]), name, text]));
const byName = fc
  .tuple(kind, fc.integer({ min: 15, max: 66 }), value)
  .map(([[prefix = 4, bits = 0], index, text]) => Buffer.concat([integer(index, prefix, bits), text]));
const indexed = fc.integer({ min: 15, max: 68 }).map((index) => integer(index, 7, 0x80));
const resized = fc.constantFrom(0, 31, 64, 300, 4096, 4097).map((bytes) => integer(bytes, 5, 0x20));
const field = fc.oneof(
  { weight: 4, arbitrary: literal },
  { weight: 2, arbitrary: byName },
  { weight: 3, arbitrary: indexed },
);
/** Of a request: what it needs, and other fields. The table may change before them. */
export const requestBlock = fc
  .tuple(fc.array(resized, { maxLength: 1 }), fc.array(field, { maxLength: 6 }))
  .map(([sizes, fields]) => Buffer.concat([...sizes, literals(...POST), ...fields]));
export const responseBlock = fc
  .tuple(
    fc.array(resized, { maxLength: 1 }),
    fc.constantFrom('200', '200', '404', '103'),
    fc.array(field, { maxLength: 6 }),
  )
  .map(([sizes, status, fields]) => Buffer.concat([...sizes, literals(':status', status), ...fields]));
const trailerBlock = fc.array(literal, { minLength: 1, maxLength: 3 }).map((fields) => Buffer.concat(fields));

const { endHeaders, endStream } = frameFlag;

/** A message's frames on a stream: fields, perhaps in pieces, a body, perhaps trailers. */
export function message(block: fc.Arbitrary<Buffer>, ids: fc.Arbitrary<number>): fc.Arbitrary<readonly Buffer[]> {
  const bodies = fc.array(fc.constantFrom(0, 1, 20, 300), { maxLength: 4 });
  return fc
    .tuple(ids, block, fc.nat({ max: 40 }), bodies, fc.option(trailerBlock, { freq: 3, nil: undefined }))
    .map(([id, fields, cut, sizes, trailers]) => {
      const isEnd = sizes.length === 0 && !trailers;
      const frames = fieldFrames(id, fields, cut, isEnd);
      const last = trailers ? -1 : sizes.length - 1;
      frames.push(...sizes.map((size, n) => data(id, size, n === last ? endStream : 0)));
      if (trailers) frames.push(headers(id, trailers, endHeaders | endStream));
      return frames;
    });
}

function fieldFrames(id: number, block: Buffer, cut: number, isEnd: boolean): Buffer[] {
  const flags = isEnd ? endStream : 0;
  if (cut === 0 || cut >= block.length) return [headers(id, block, flags | endHeaders)];
  return [
    headers(id, block.subarray(0, cut), flags),
    frame(frameType.continuation, endHeaders, id, block.subarray(cut)),
  ];
}

const streamId = fc.constantFrom(0, 1, 1, 2, 3, 3, 5, 7, 2 ** 31 - 1);
const anyPayload = fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes));
/** Frames beside those of messages, sound ones and others. */
export const otherFrame: fc.Arbitrary<Buffer> = fc.oneof(
  fc
    .tuple(fc.integer({ min: 1, max: 7 }), fc.constantFrom(0, 1, 100, 16_384, 65_535, 2 ** 31 - 1, 2 ** 32 - 1))
    .map(([id, to]) => frame(frameType.settings, 0, 0, setting(id, to))),
  fc.constant(frame(frameType.settings, frameFlag.ack, 0)),
  fc.constant(frame(frameType.ping, 0, 0, Buffer.alloc(8))),
  fc
    .tuple(streamId, fc.constantFrom(0, 1, 1000, 2 ** 31 - 1))
    .map(([id, by]) => frame(frameType.windowUpdate, 0, id, uint32(by))),
  fc.tuple(streamId, fc.constantFrom(0, 8)).map(([id, code]) => frame(frameType.reset, 0, id, uint32(code))),
  streamId.map((id) => frame(frameType.priority, 0, id, Buffer.from([0, 0, 0, 0, 16]))),
  // nghttp2 refuses a client that names a stream of its own.
  fc.constantFrom(0).map((last) => frame(frameType.goAway, 0, 0, uint32(last, 0))),
  fc.tuple(streamId, fc.nat({ max: 300 })).map(([id, bytes]) => data(id, bytes)),
  streamId.map((id) => frame(frameType.data, frameFlag.padded, id, Buffer.from([2, 0x61, 0, 0]))),
  fc.tuple(streamId, fc.constantFrom(0, endHeaders)).map(([id, flags]) => frame(frameType.continuation, flags, id)),
  fc.tuple(streamId, requestBlock).map(([id, block]) => headers(id, block, 0)),
  fc.tuple(streamId, fc.constantFrom(0, 1)).map(([id, bytes]) => data(id, bytes)),
  fc
    .tuple(fc.integer({ min: 0, max: 12 }), fc.nat({ max: 255 }), streamId, anyPayload)
    .map(([type, flags, id, payload]) => frame(type, flags, id, payload)),
);

/**
 * Up to where all frames, and all fields in several of them, are whole. nghttp2 may refuse one by its beginning where ours
 * waits for the end.
 */
export function wholeMessages(bytes: Buffer): Buffer {
  let end = 0;
  for (let at = 0; at + FRAME_HEAD_BYTES <= bytes.length; ) {
    const type = bytes.readUInt8(at + 3);
    const isOfFields = type === frameType.headers || type === frameType.continuation;
    const isUnended = isOfFields && (bytes.readUInt8(at + 4) & frameFlag.endHeaders) === 0;
    at += FRAME_HEAD_BYTES + bytes.readUIntBE(at, 3);
    if (at <= bytes.length && !isUnended) end = at;
  }
  return shown(bytes.subarray(0, end));
}

/** Types of frames that other documents define (RFC 7838, 8336, 9218). nghttp2 reads them; ours passes over them. */
const EXTENSIONS: ReadonlySet<number> = new Set([0x0a, 0x0c, 0x10]);

/**
 * Whether there is something that is let be here, and that nghttp2 takes ill: an extension; a GOAWAY, for the stream that it
 * names, and what comes behind it; settings that are taken note of more often than they were sent.
 */
export function isOnlyReadByOthers(bytes: Buffer): boolean {
  let acknowledged = 0;
  for (let at = 0; at + FRAME_HEAD_BYTES <= bytes.length; at += FRAME_HEAD_BYTES + bytes.readUIntBE(at, 3)) {
    const type = bytes.readUInt8(at + 3);
    if (EXTENSIONS.has(type) || type === frameType.goAway) return true;
    if (type === frameType.settings && (bytes.readUInt8(at + 4) & frameFlag.ack) !== 0) acknowledged++;
  }
  return acknowledged > 1;
}
