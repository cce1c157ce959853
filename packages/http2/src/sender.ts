import {
  ConnectionFault,
  DEFAULT_WINDOW_BYTES,
  errorCode,
  frameFlag,
  frameType,
  LARGEST_WINDOW_BYTES,
} from './frames/protocol.js';
import { FieldEncoder } from './hpack/encoder.js';
import type { Output } from './output.js';
import type { Settings } from './settings.js';
import type { Stream } from './stream.js';

/** Larger frames gain nothing, and hold up other streams. */
const MAX_DATA_BYTES = 64 * 1024;

/** Sends the fields and data of a connection's streams, within the peer's windows (RFC 9113, section 5.2). */
export class Sender {
  readonly #output: Output;
  readonly #peer: Settings;
  readonly #encoder = new FieldEncoder();
  readonly #onEnded: (stream: Stream) => void;
  /** Streams that wait for the connection, in turn. */
  #waiting: Stream[] = [];
  /** What may be sent on the connection. */
  #window = DEFAULT_WINDOW_BYTES;

  /** @param onEnded - Told of a stream all of which was sent. */
  constructor(output: Output, peer: Settings, onEnded: (stream: Stream) => void) {
    this.#output = output;
    this.#peer = peer;
    this.#onEnded = onEnded;
  }

  /** The peer keeps a table of at most so many bytes. */
  resizeTable(bytes: number): void {
    this.#encoder.resize(bytes);
  }

  /** The peer takes so much more on the connection. */
  widen(bytes: number): void {
    if (bytes === 0) throw new ConnectionFault(errorCode.protocolError, 'a window that does not open');
    this.#window += bytes;
    if (this.#window > LARGEST_WINDOW_BYTES) throw tooLarge();
    this.goOn();
  }

  /** What a stream may send changes with the setting (RFC 9113, section 6.9.2). @param bytes - May be below 0. */
  shiftWindow(stream: Stream, bytes: number): void {
    stream.sendWindow += bytes;
    if (stream.sendWindow > LARGEST_WINDOW_BYTES) throw tooLarge();
    if (bytes > 0) this.data(stream);
  }

  fields(stream: Stream, fields: readonly string[], isEnd: boolean): void {
    const block = this.#encoder.encode(fields);
    const most = this.#peer.maxFrameBytes;
    const endFlag = isEnd ? frameFlag.endStream : 0;
    let at = 0;
    let type: number = frameType.headers;
    do {
      const end = Math.min(block.length, at + most);
      const flags = (end === block.length ? frameFlag.endHeaders : 0) | (at === 0 ? endFlag : 0);
      this.#output.frame(type, flags, stream.id, end - at);
      this.#output.copy(block.subarray(at, end));
      type = frameType.continuation;
      at = end;
    } while (at < block.length);
    if (isEnd) this.#ended(stream);
  }

  /** Sends what a stream has, as far as it may. */
  data(stream: Stream): void {
    while (this.#hasMore(stream)) {
      if (stream.queue.bytes > 0 && !this.#mayGoOn(stream)) return;
      this.#oneFrame(stream);
    }
    stream.sent();
  }

  /** The connection can take more: each stream that waits sends one frame, and then the next. */
  goOn(): void {
    while (this.#waiting.length > 0 && this.#window > 0 && !this.#output.isFull) {
      const stream = this.#waiting.shift() as Stream;
      if (stream.sendWindow > 0 && this.#hasMore(stream)) this.#oneFrame(stream);
      // What is left to say takes no window.
      if (stream.queue.bytes === 0 && this.#hasMore(stream)) this.#oneFrame(stream);
      if (stream.sendWindow > 0 && stream.queue.bytes > 0) this.#waiting.push(stream);
      stream.sent();
    }
  }

  /** Nothing more is sent on a stream: it must not be kept alive by a window that never opens. */
  forget(stream: Stream): void {
    const at = this.#waiting.indexOf(stream);
    if (at !== -1) this.#waiting.splice(at, 1);
  }

  #hasMore(stream: Stream): boolean {
    return !stream.isClosed && !stream.isLocalEnded && (stream.queue.bytes > 0 || stream.isEnding);
  }

  /** Whether data may be sent; if the connection is what they wait for, the stream is in turn. */
  #mayGoOn(stream: Stream): boolean {
    if (stream.sendWindow <= 0) return false;
    if (this.#window > 0 && !this.#output.isFull) return true;
    if (!this.#waiting.includes(stream)) this.#waiting.push(stream);
    return false;
  }

  /** The next data of a stream; of one that has no more, what ends it. */
  #oneFrame(stream: Stream): void {
    const { queue } = stream;
    if (queue.bytes === 0 && stream.trailers.length > 0) {
      this.fields(stream, stream.trailers, true);
      return;
    }
    const most = Math.min(this.#window, stream.sendWindow, this.#peer.maxFrameBytes, MAX_DATA_BYTES);
    // A window may be below 0, and what ends a stream without data needs none.
    const count = queue.bytes === 0 ? 0 : Math.min(queue.bytes, most);
    const isEnd = stream.isEnding && count === queue.bytes && stream.trailers.length === 0;
    this.#output.frame(frameType.data, isEnd ? frameFlag.endStream : 0, stream.id, count);
    queue.take(count, (chunk) => this.#output.add(chunk));
    this.#window -= count;
    stream.sendWindow -= count;
    if (isEnd) this.#ended(stream);
  }

  #ended(stream: Stream): void {
    stream.isLocalEnded = true;
    this.#onEnded(stream);
  }
}

function tooLarge(): ConnectionFault {
  return new ConnectionFault(errorCode.flowControlError, 'too large a window');
}
