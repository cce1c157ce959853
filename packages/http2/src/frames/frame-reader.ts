import { ConnectionFault, errorCode, FRAME_HEAD_BYTES, frameFlag, frameType } from './protocol.js';

/** What a frame begins with. */
export interface FrameHead {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  /** Of what follows, in bytes. */
  readonly length: number;
}

/** Who is told of frames. What it throws ends the connection. */
export interface FrameSink {
  /**
   * Any frame but DATA.
   *
   * @param payload - Only valid during the call. Of a frame that is neither fields nor settings, and longer than any that
   * means something, it may be no more than the beginning.
   */
  onFrame(head: FrameHead, payload: Buffer): void;
  /** A frame of DATA begins; all of it counts against the windows, padding included. */
  onDataHead(head: FrameHead): void;
  /** A piece of its data, as it has arrived. @param view - Only valid during the call. */
  onDataPiece(stream: number, view: Buffer): void;
  /** All of it is here. @param paddingBytes - What of its length was no data. */
  onDataEnd(head: FrameHead, paddingBytes: number): void;
}

const NOTHING = Buffer.alloc(0);
const PAD_LENGTH_BYTES = 1;
/** Of a frame that is neither fields nor settings: the longest that means something is a ping, or a GOAWAY without a text. */
const SHORT_BYTES = 16;

/**
 * Cuts what arrives on a connection into frames (RFC 9113, section 4.1). Data are handed over as they come; of other
 * frames one that is not whole is kept until it is.
 */
export class FrameReader {
  readonly #sink: FrameSink;
  readonly #maxFrameBytes: number;
  /** Of a head that is not whole. */
  readonly #headBytes = Buffer.alloc(FRAME_HEAD_BYTES);
  #headLength = 0;
  #head: FrameHead | undefined;
  /** What is kept of a frame that is not whole, but for DATA, and how much of the frame has come. */
  #payload: Buffer = NOTHING;
  #payloadLength = 0;
  /** Of a frame of DATA: what is still to come of the data, and of the padding behind them. */
  #dataLeft = 0;
  #padLeft = 0;
  #paddingBytes = 0;
  #awaitsPadLength = false;
  #isStopped = false;

  /** @param maxFrameBytes - What a frame may have beside its head. */
  constructor(sink: FrameSink, maxFrameBytes: number) {
    this.#sink = sink;
    this.#maxFrameBytes = maxFrameBytes;
  }

  /** @throws ConnectionFault, as does the sink. */
  read(bytes: Buffer): void {
    let at = 0;
    while (!this.#isStopped && (at < bytes.length || this.#isDue())) {
      if (!this.#head) at = this.#readHead(bytes, at);
      else if (this.#head.type === frameType.data) at = this.#readData(this.#head, bytes, at);
      else at = this.#readPayload(this.#head, bytes, at);
    }
  }

  /** Nothing more is told, not even of what is being read. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Whether a frame without a payload has started: nothing more needs to come of it. */
  #isDue(): boolean {
    return this.#head !== undefined && this.#head.length === 0;
  }

  #readHead(bytes: Buffer, at: number): number {
    if (this.#headLength === 0 && bytes.length - at >= FRAME_HEAD_BYTES) {
      this.#begin(bytes, at);
      return at + FRAME_HEAD_BYTES;
    }
    const count = Math.min(FRAME_HEAD_BYTES - this.#headLength, bytes.length - at);
    bytes.copy(this.#headBytes, this.#headLength, at, at + count);
    this.#headLength += count;
    if (this.#headLength === FRAME_HEAD_BYTES) this.#begin(this.#headBytes, 0);
    return at + count;
  }

  #begin(bytes: Buffer, at: number): void {
    this.#headLength = 0;
    const length = bytes.readUIntBE(at, 3);
    const type = bytes[at + 3] as number;
    const flags = bytes[at + 4] as number;
    if (length > this.#maxFrameBytes) throw new ConnectionFault(errorCode.frameSizeError, 'a frame that is too large');
    const head = { type, flags, stream: bytes.readUInt32BE(at + 5) & 0x7fffffff, length };
    this.#head = head;
    this.#payloadLength = 0;
    if (type !== frameType.data) return;
    const isPadded = (flags & frameFlag.padded) !== 0;
    if (isPadded && length === 0) throw new ConnectionFault(errorCode.frameSizeError, 'no room for the padding');
    this.#awaitsPadLength = isPadded;
    this.#dataLeft = length;
    this.#padLeft = 0;
    this.#paddingBytes = 0;
    this.#sink.onDataHead(head);
  }

  #readData(head: FrameHead, bytes: Buffer, from: number): number {
    let at = from;
    if (this.#awaitsPadLength) {
      this.#padLeft = bytes[at++] as number;
      this.#awaitsPadLength = false;
      this.#paddingBytes = PAD_LENGTH_BYTES + this.#padLeft;
      this.#dataLeft -= this.#paddingBytes;
      if (this.#dataLeft < 0) throw new ConnectionFault(errorCode.protocolError, 'more padding than frame');
    }
    const end = Math.min(bytes.length, at + this.#dataLeft);
    if (end > at) {
      this.#dataLeft -= end - at;
      this.#sink.onDataPiece(head.stream, bytes.subarray(at, end));
    }
    const padEnd = this.#dataLeft > 0 ? end : Math.min(bytes.length, end + this.#padLeft);
    this.#padLeft -= padEnd - end;
    if (this.#dataLeft === 0 && this.#padLeft === 0) {
      this.#head = undefined;
      this.#sink.onDataEnd(head, this.#paddingBytes);
    }
    return padEnd;
  }

  #readPayload(head: FrameHead, bytes: Buffer, at: number): number {
    const end = at + head.length - this.#payloadLength;
    if (this.#payloadLength === 0 && end <= bytes.length) {
      this.#head = undefined;
      this.#sink.onFrame(head, bytes.subarray(at, end));
      return end;
    }
    if (this.#payloadLength === 0) this.#payload = Buffer.allocUnsafeSlow(keptOf(head));
    const count = Math.min(end, bytes.length) - at;
    if (this.#payloadLength < this.#payload.length) bytes.copy(this.#payload, this.#payloadLength, at, at + count);
    this.#payloadLength += count;
    if (this.#payloadLength === head.length) {
      const payload = this.#payload;
      this.#payload = NOTHING;
      this.#head = undefined;
      this.#sink.onFrame(head, payload);
    }
    return at + count;
  }
}

/** How much is kept of a frame that does not come at once: of one that means nothing, nothing that counts. */
function keptOf({ type, length }: FrameHead): number {
  const isRead = type === frameType.headers || type === frameType.continuation || type === frameType.settings;
  return isRead ? length : Math.min(length, SHORT_BYTES);
}
