import { FRAME_HEAD_BYTES, frameFlag, frameType } from '../src/frames/protocol.js';

/** Fields that nothing follows. */
export const ALL = frameFlag.endHeaders | frameFlag.endStream;

/** A frame as it is on the wire. */
export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

export function frame(type: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(FRAME_HEAD_BYTES);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** A message's fields, all of it by default. @param block - In HPACK. */
export function headers(stream: number, block: Buffer, flags: number = ALL): Buffer {
  return frame(frameType.headers, flags, stream, block);
}

/** So many zeros. */
export function data(stream: number, bytes: number, flags = 0): Buffer {
  return frame(frameType.data, flags, stream, Buffer.alloc(bytes));
}

export function uint32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, i) => {
    bytes.writeUInt32BE(value, 4 * i);
  });
  return bytes;
}

/** An entry of SETTINGS. */
export function setting(id: number, value: number): Buffer {
  const bytes = Buffer.alloc(6);
  bytes.writeUInt16BE(id);
  bytes.writeUInt32BE(value, 2);
  return bytes;
}

/** Settings of which tests have a use (RFC 9113, section 6.5.2). */
export const settingId = { tableBytes: 1, enablePush: 2, maxStreams: 3, windowBytes: 4, maxFrameBytes: 5 } as const;

/** Fields in HPACK, with nothing kept and names and values of up to 126 bytes. */
export function literals(...fields: readonly string[]): Buffer {
  const text = (value: string) => Buffer.concat([Buffer.from([value.length]), Buffer.from(value, 'latin1')]);
  const pairs: Buffer[] = [];
  for (let i = 0; i < fields.length; i += 2) {
    pairs.push(Buffer.from([0]), text(fields[i] as string), text(fields[i + 1] as string));
  }
  return Buffer.concat(pairs);
}

export const GET = [':method', 'GET', ':scheme', 'http', ':path', '/', ':authority', 'here'] as const;
export const POST = [':method', 'POST', ...GET.slice(2)] as const;

/** Takes the whole frames from the beginning of what has arrived. */
export class Frames {
  readonly all: Frame[] = [];
  #rest = Buffer.alloc(0);

  /** @returns Those that are new. */
  take(bytes: Buffer): Frame[] {
    const known = this.all.length;
    this.#rest = Buffer.concat([this.#rest, bytes]);
    while (this.#rest.length >= FRAME_HEAD_BYTES) {
      const end = FRAME_HEAD_BYTES + this.#rest.readUIntBE(0, 3);
      if (this.#rest.length < end) break;
      const payload = Buffer.from(this.#rest.subarray(FRAME_HEAD_BYTES, end));
      const [type, flags] = [this.#rest.readUInt8(3), this.#rest.readUInt8(4)];
      this.all.push({ type, flags, stream: this.#rest.readUInt32BE(5), payload });
      this.#rest = this.#rest.subarray(end);
    }
    return this.all.slice(known);
  }

  /** Of one type, and of one stream if that is said. */
  of(type: number, stream?: number): Frame[] {
    return this.all.filter((each) => each.type === type && (stream === undefined || each.stream === stream));
  }
}
