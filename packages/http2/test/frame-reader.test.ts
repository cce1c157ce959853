import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameReader, type FrameSink } from '../src/frames/frame-reader.js';
import { type ConnectionFault, errorCode, frameFlag, frameType } from '../src/frames/protocol.js';
import { frame } from './frames.js';

const MAX_FRAME_BYTES = 300;

interface Meant {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly data: Buffer;
  /** Of DATA: what of the payload is padding, its length included. */
  readonly paddingBytes: number;
  readonly wire: Buffer;
}

function meant(type: number, flags: number, stream: number, data: Buffer, padBytes?: number): Meant {
  const isPadded = padBytes !== undefined && type === frameType.data;
  const wireFlags = isPadded ? flags | frameFlag.padded : flags & ~frameFlag.padded;
  const payload = isPadded ? Buffer.concat([Buffer.from([padBytes]), data, Buffer.alloc(padBytes, 0xaa)]) : data;
  const paddingBytes = isPadded ? padBytes + 1 : 0;
  return { type, flags: wireFlags, stream, data, paddingBytes, wire: frame(type, wireFlags, stream, payload) };
}

const anyFrame = fc
  .tuple(
    fc.oneof(fc.constant(frameType.data), fc.integer({ min: 0, max: 255 })),
    fc.integer({ min: 0, max: 255 }),
    fc.integer({ min: 0, max: 2 ** 31 - 1 }),
    fc.uint8Array({ maxLength: 140 }).map((bytes) => Buffer.from(bytes)),
    fc.option(fc.integer({ min: 0, max: 140 }), { nil: undefined }),
  )
  .map((parts) => meant(...parts));

/** What a sink is told, each frame in a line; its data in one piece, however they came. */
class Log implements FrameSink {
  readonly lines: string[] = [];
  #data = '';

  onFrame(
    { type, flags, stream, length }: { type: number; flags: number; stream: number; length: number },
    payload: Buffer,
  ): void {
    expect(payload).toHaveLength(length);
    this.lines.push(`${type} ${flags} ${stream} ${payload.toString('hex')}`);
  }

  onDataHead({ flags, stream, length }: { flags: number; stream: number; length: number }): void {
    this.#data = `data ${flags} ${stream} ${length} `;
  }

  onDataPiece(stream: number, view: Buffer): void {
    expect(view.length).toBeGreaterThan(0);
    expect(this.#data).toContain(` ${stream} `);
    this.#data += view.toString('hex');
  }

  onDataEnd(_head: unknown, paddingBytes: number): void {
    this.lines.push(`${this.#data} ${paddingBytes}`);
    this.#data = '';
  }
}

function lineOf({ type, flags, stream, data, paddingBytes }: Meant): string {
  const hex = data.toString('hex');
  if (type !== frameType.data) return `${type} ${flags} ${stream} ${hex}`;
  return `data ${flags} ${stream} ${data.length + paddingBytes} ${hex} ${paddingBytes}`;
}

/** Reads chunks, each of which is overwritten after its call: it must not be needed any more. */
function read(chunks: readonly Buffer[]): string[] {
  const log = new Log();
  const reader = new FrameReader(log, MAX_FRAME_BYTES);
  for (const chunk of chunks) {
    const own = Buffer.from(chunk);
    reader.read(own);
    own.fill(0xee);
  }
  return log.lines;
}

function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const edges = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return edges.slice(1).map((edge, i) => bytes.subarray(edges[i], edge));
}

function faultOf(...chunks: readonly Buffer[]): number | undefined {
  try {
    read(chunks);
    return undefined;
  } catch (error) {
    return (error as ConnectionFault).reason;
  }
}

describe('frames', () => {
  it('are the same wherever what arrives is cut', () => {
    fc.assert(
      fc.property(fc.array(anyFrame, { maxLength: 8 }), fc.array(fc.nat(), { maxLength: 12 }), (frames, places) => {
        const wire = Buffer.concat(frames.map((each) => each.wire));
        expect(read(cutAt(wire, places))).toEqual(frames.map(lineOf));
      }),
      { numRuns: 500 },
    );
  });

  it('are the same byte by byte', () => {
    fc.assert(
      fc.property(fc.array(anyFrame, { maxLength: 6 }), (frames) => {
        const wire = Buffer.concat(frames.map((each) => each.wire));
        expect(read(Array.from(wire, (byte) => Buffer.from([byte])))).toEqual(frames.map(lineOf));
      }),
    );
  });

  it('without a payload are told of as soon as their head is here', () => {
    expect(read([frame(frameType.settings, frameFlag.ack, 0)])).toEqual(['4 1 0 ']);
    expect(read([frame(frameType.data, frameFlag.endStream, 1)])).toEqual(['data 1 1 0  0']);
  });

  it('that mean nothing are not kept until they are whole', () => {
    const kept: number[] = [];
    const sink = {
      onFrame: (_: unknown, payload: Buffer) => kept.push(payload.buffer.byteLength),
      onDataHead() {},
      onDataEnd() {},
      onDataPiece() {},
    };
    const reader = new FrameReader(sink, MAX_FRAME_BYTES);
    const { headers, settings, ping, goAway, pushPromise } = frameType;
    for (const type of [headers, settings, ping, goAway, pushPromise, 0xfa]) {
      for (const byte of frame(type, 0, 1, Buffer.alloc(200))) reader.read(Buffer.from(new Uint8Array([byte]).buffer));
    }
    expect(kept).toEqual([200, 200, 16, 16, 16, 16]);
  });

  it('have streams of 31 bits', () => {
    expect(read([frame(frameType.ping, 0, 0x80000000 + 5)])).toEqual(['6 0 5 ']);
  });

  it('of data are told of before they are whole', () => {
    const pieces: string[] = [];
    const sink = {
      onFrame() {},
      onDataHead() {},
      onDataEnd() {},
      onDataPiece: (_: number, v: Buffer) => pieces.push(`${v}`),
    };
    const reader = new FrameReader(sink, MAX_FRAME_BYTES);
    const wire = frame(frameType.data, 0, 1, Buffer.from('one two'));
    reader.read(wire.subarray(0, 12));
    expect(pieces).toEqual(['one']);
    reader.read(wire.subarray(12));
    expect(pieces).toEqual(['one', ' two']);
  });
});

describe('a frame', () => {
  const tooLarge = Buffer.alloc(MAX_FRAME_BYTES + 1);

  it.each([frameType.data, frameType.headers, 0xff])(
    'of type %i may be as large as was said, and no larger',
    (type) => {
      expect(faultOf(frame(type, 0, 1, tooLarge.subarray(1)))).toBeUndefined();
      expect(faultOf(frame(type, 0, 1, tooLarge).subarray(0, 9))).toBe(errorCode.frameSizeError);
    },
  );

  it('has no more padding than payload', () => {
    const padded = (...payload: number[]) => frame(frameType.data, frameFlag.padded, 1, Buffer.from(payload));
    expect(faultOf(padded())).toBe(errorCode.frameSizeError);
    expect(faultOf(padded(0))).toBeUndefined();
    expect(faultOf(padded(1, 0))).toBeUndefined();
    expect(faultOf(padded(1))).toBe(errorCode.protocolError);
    expect(faultOf(padded(3, 0, 0))).toBe(errorCode.protocolError);
  });
});
