import { dependsOn, PRIORITY_BYTES } from './control-frames.js';
import type { FrameHead } from './frames/frame-reader.js';
import { ConnectionFault, errorCode, frameFlag } from './frames/protocol.js';

const NOTHING = Buffer.alloc(0);

/** A message's fields as they came, in one frame or several. */
export interface FieldBlock {
  readonly stream: number;
  readonly isEnd: boolean;
  /** A stream that depends on itself: it is to be reset (RFC 7540, section 5.3.1). */
  readonly isSelfDependent: boolean;
  readonly bytes: Buffer;
}

/** Gathers HEADERS and the CONTINUATION frames behind them (RFC 9113, section 6.10). */
export class FieldBlockReader {
  readonly #maxBytes: number;
  readonly #maxPieces: number;
  #partial: FieldBlock | undefined;
  /** What has come of it, in memory of its own. */
  #bytes: Buffer = NOTHING;
  #chunks = 0;

  /**
   * @param maxBytes - Of a block as it came: one that is larger would not be read to its end anyway.
   * @param maxPieces - Frames that a block comes in: an empty one costs as much as any (CVE-2024-27316).
   */
  constructor(maxBytes: number, maxPieces: number) {
    this.#maxBytes = maxBytes;
    this.#maxPieces = maxPieces;
  }

  /** Whether the rest of one must come next. */
  get isOpen(): boolean {
    return this.#partial !== undefined;
  }

  /** @param payload - Of HEADERS. @returns The block, if that was all of it. */
  begin(head: FrameHead, payload: Buffer): FieldBlock | undefined {
    const { bytes, isSelfDependent } = withoutPadding(head, payload);
    const isEnd = (head.flags & frameFlag.endStream) !== 0;
    const block = { stream: head.stream, isEnd, isSelfDependent, bytes };
    if ((head.flags & frameFlag.endHeaders) !== 0) return block;
    this.#partial = block;
    this.#add(bytes);
    return undefined;
  }

  /** @param payload - Of CONTINUATION. */
  goOn(head: FrameHead, payload: Buffer): FieldBlock | undefined {
    const partial = this.#partial;
    if (!partial || partial.stream !== head.stream) {
      throw new ConnectionFault(errorCode.protocolError, 'a continuation of nothing');
    }
    this.#add(payload);
    if ((head.flags & frameFlag.endHeaders) === 0) return undefined;
    this.#partial = undefined;
    const bytes = this.#bytes;
    this.#bytes = NOTHING;
    this.#chunks = 0;
    return { ...partial, bytes };
  }

  #add(chunk: Buffer): void {
    const previous = this.#bytes;
    const length = previous.length + chunk.length;
    this.#chunks++;
    if (length > this.#maxBytes || this.#chunks > this.#maxPieces) {
      throw new ConnectionFault(errorCode.enhanceYourCalm, 'fields without end');
    }
    if (chunk.length === 0) return;
    this.#bytes = Buffer.allocUnsafeSlow(length);
    previous.copy(this.#bytes);
    chunk.copy(this.#bytes, previous.length);
  }
}

function withoutPadding({ flags, stream }: FrameHead, payload: Buffer): { bytes: Buffer; isSelfDependent: boolean } {
  let start = 0;
  let padBytes = 0;
  if ((flags & frameFlag.padded) !== 0) {
    padBytes = payload[0] ?? 0;
    start = 1;
  }
  let isSelfDependent = false;
  if ((flags & frameFlag.priority) !== 0) {
    if (payload.length < start + PRIORITY_BYTES) throw new ConnectionFault(errorCode.frameSizeError, 'half a priority');
    isSelfDependent = dependsOn(payload, start) === stream;
    start += PRIORITY_BYTES;
  }
  const end = payload.length - padBytes;
  if (end < start) throw new ConnectionFault(errorCode.protocolError, 'more padding than frame');
  return { bytes: end > start ? payload.subarray(start, end) : NOTHING, isSelfDependent };
}
