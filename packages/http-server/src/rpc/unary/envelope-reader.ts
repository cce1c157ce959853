import { MAX_MESSAGE_BYTES } from '@flotilla/contracts';
import type { ContentCoding } from '../../message/content-coding.js';
import { compressed, incomplete, messageTooLarge, notOneMessage } from './faults.js';

/** Takes the one message of a request. */
export interface MessageSink {
  /** @param lengthBytes - Undefined: it is not known before the end. @param isPacked - Whether it comes packed. */
  begin(lengthBytes: number | undefined, isPacked: boolean): void;
  write(chunk: Buffer): void;
}

/** Reads a request with one message. */
export interface MessageReader {
  /** @throws ConnectError if it is none. */
  write(chunk: Buffer): void;
  /** @throws ConnectError if the message is not whole, or there is none. */
  end(): void;
}

const HEAD_BYTES = 5;
const COMPRESSED_FLAG = 0x01;
/** Of the part of a body of gRPC-Web that has trailers. */
const TRAILERS_FLAG = 0x80;

/** Reads a message from its envelope, as gRPC and gRPC-Web send it: a byte of flags, four of its length, and itself. */
export class EnvelopeReader implements MessageReader {
  readonly #sink: MessageSink;
  /** Whether an envelope may have trailers, which are not read. */
  readonly #isWeb: boolean;
  readonly #coding: ContentCoding;
  readonly #head = Buffer.alloc(HEAD_BYTES);
  #headBytes = 0;
  #leftBytes = 0;
  #messages = 0;
  /** Whether what is read is handed on: of a second message nothing is. */
  #isWanted = false;

  constructor(sink: MessageSink, isWeb: boolean, coding: ContentCoding) {
    this.#sink = sink;
    this.#isWeb = isWeb;
    this.#coding = coding;
  }

  write(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; ) {
      at += this.#headBytes < HEAD_BYTES ? this.#takeHead(chunk, at) : this.#takeMessage(chunk, at);
    }
  }

  end(): void {
    if (this.#headBytes > 0) throw incomplete();
    if (this.#messages === 0) throw notOneMessage('missing');
  }

  #takeHead(chunk: Buffer, at: number): number {
    const taken = chunk.copy(this.#head, this.#headBytes, at);
    this.#headBytes += taken;
    if (this.#headBytes === HEAD_BYTES) this.#beginEnvelope(this.#head.readUInt8(0), this.#head.readUInt32BE(1));
    return taken;
  }

  #beginEnvelope(flags: number, lengthBytes: number): void {
    if (lengthBytes > MAX_MESSAGE_BYTES) throw messageTooLarge(lengthBytes, 'readMaxBytes');
    const isPacked = (flags & COMPRESSED_FLAG) !== 0;
    if (isPacked && this.#coding === 'identity') throw compressed();
    this.#leftBytes = lengthBytes;
    const isMessage = !(this.#isWeb && (flags & TRAILERS_FLAG) !== 0);
    if (isMessage) this.#messages++;
    this.#isWanted = isMessage && this.#messages === 1;
    if (this.#isWanted) this.#sink.begin(lengthBytes, isPacked);
    if (lengthBytes === 0) this.#endEnvelope();
  }

  #takeMessage(chunk: Buffer, at: number): number {
    const taken = Math.min(this.#leftBytes, chunk.length - at);
    this.#leftBytes -= taken;
    if (this.#isWanted) this.#sink.write(chunk.subarray(at, at + taken));
    if (this.#leftBytes === 0) this.#endEnvelope();
    return taken;
  }

  #endEnvelope(): void {
    this.#headBytes = 0;
    if (this.#messages > 1) throw notOneMessage('received extra');
  }
}

/** Reads a message that is the body itself, as Connect sends it. */
export class BareReader implements MessageReader {
  readonly #sink: MessageSink;
  #readBytes = 0;

  /** @param lengthBytes - What the request says that it has. @throws ConnectError if that is too much. */
  constructor(sink: MessageSink, lengthBytes: number | undefined, coding: ContentCoding) {
    if (lengthBytes !== undefined && lengthBytes > MAX_MESSAGE_BYTES)
      throw messageTooLarge(lengthBytes, 'readMaxBytes');
    this.#sink = sink;
    sink.begin(lengthBytes, coding === 'gzip');
  }

  write(chunk: Buffer): void {
    this.#readBytes += chunk.length;
    if (this.#readBytes > MAX_MESSAGE_BYTES) throw messageTooLarge(undefined, 'readMaxBytes');
    this.#sink.write(chunk);
  }

  end(): void {}
}
