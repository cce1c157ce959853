import net from 'node:net';
import { onTestFinished } from 'vitest';

/** Types of frames (RFC 9113, section 6). */
export const type = {
  data: 0,
  headers: 1,
  reset: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

export const flag = { endStream: 1, ack: 1, endHeaders: 4 } as const;

/** What an attacker's connection has been told. */
export interface Received {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

const FRAME_HEAD_BYTES = 9;

export function frame(kind: number, flags: number, stream: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(FRAME_HEAD_BYTES);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(kind, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** A number of 32 bits: what several frames consist of. */
export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Field lines in HPACK, literally and with nothing kept (RFC 7541, section 6.2.2). */
export function fields(...pairs: readonly (readonly [string, string])[]): Buffer {
  return Buffer.concat(pairs.flatMap(([name, value]) => [Buffer.from([0]), text(name), text(value)]));
}

/** A string without Huffman's code. */
export function text(value: string): Buffer {
  return Buffer.concat([integer(value.length), Buffer.from(value, 'latin1')]);
}

/** With a prefix of seven bits (RFC 7541, section 5.1). */
function integer(value: number): Buffer {
  const most = 0x7f;
  if (value < most) return Buffer.from([value]);
  const bytes = [most];
  let rest = value - most;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Buffer.from([...bytes, rest]);
}

/** The fields of a request that is a `POST` to a path. */
export function post(path: string): Buffer {
  return fields([':method', 'POST'], [':scheme', 'http'], [':path', path], [':authority', 'localhost']);
}

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

/** A client that sends whatever frames it is told to. */
export class RawClient {
  readonly socket: net.Socket;
  readonly received: Received[] = [];
  isClosed = false;
  #rest = Buffer.alloc(0);

  /** @param settings - Entries of its first frame. */
  constructor(port: number, settings: Buffer = Buffer.alloc(0), { allowHalfOpen = false } = {}) {
    this.socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen });
    if (allowHalfOpen) this.socket.once('end', () => this.socket.destroy());
    this.socket.on('data', (chunk) => this.#take(chunk));
    this.socket.on('error', () => {});
    this.socket.on('close', () => {
      this.isClosed = true;
    });
    onTestFinished(() => {
      this.socket.destroy();
    });
    this.socket.write(Buffer.concat([PREFACE, frame(type.settings, 0, 0, settings)]));
  }

  /** Sends bytes, and waits until the kernel has taken them, or the connection is closed. */
  async send(...parts: readonly Buffer[]): Promise<void> {
    if (this.isClosed || !this.socket.writable) return;
    await new Promise<void>((resolve) => {
      const settle = () => {
        this.socket.off('close', settle);
        resolve();
      };
      this.socket.once('close', settle);
      this.socket.write(Buffer.concat(parts), settle);
    });
  }

  /** Frames of a type, in the order in which they came. */
  of(kind: number): Received[] {
    return this.received.filter((each) => each.type === kind);
  }

  #take(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    while (this.#rest.length >= FRAME_HEAD_BYTES) {
      const end = FRAME_HEAD_BYTES + this.#rest.readUIntBE(0, 3);
      if (this.#rest.length < end) return;
      const payload = Buffer.from(this.#rest.subarray(FRAME_HEAD_BYTES, end));
      const [kind, flags] = [this.#rest.readUInt8(3), this.#rest.readUInt8(4)];
      this.received.push({ type: kind, flags, stream: this.#rest.readUInt32BE(5), payload });
      this.#rest = this.#rest.subarray(end);
    }
  }
}
