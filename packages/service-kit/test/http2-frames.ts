import net from 'node:net';
import { onTestFinished } from 'vitest';
import { PREFACE, frameType as type } from '../../http2/src/frames/protocol.js';
import { type Frame, Frames, frame, uint32 } from '../../http2/test/frames.js';

export { frameFlag as flag, frameType as type } from '../../http2/src/frames/protocol.js';
export { frame, uint32 };

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

/** A client that sends whatever frames it is told to. */
export class RawClient {
  readonly socket: net.Socket;
  readonly #frames = new Frames();
  isClosed = false;

  /** All that it was told. */
  get received(): readonly Frame[] {
    return this.#frames.all;
  }

  /** @param settings - Entries of its first frame. */
  constructor(port: number, settings: Buffer = Buffer.alloc(0), { allowHalfOpen = false } = {}) {
    this.socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen });
    if (allowHalfOpen) this.socket.once('end', () => this.socket.destroy());
    this.socket.on('data', (chunk) => this.#frames.take(chunk));
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
  of(kind: number): Frame[] {
    return this.#frames.of(kind);
  }
}
