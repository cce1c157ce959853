import { dependsOn, PRIORITY_BYTES } from './control-frames.js';
import type { FrameHead } from './frame-reader.js';
import { ConnectionFault, errorCode, frameFlag } from './protocol.js';

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
  #begun: FieldBlock | undefined;
  #pieces: Buffer[] = [];
  #bytes = 0;

  /** @param maxBytes - Of a block as it came: one that is larger would not be read to its end anyway. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Whether the rest of one must come next. */
  get isOpen(): boolean {
    return this.#begun !== undefined;
  }

  /** @param payload - Of HEADERS. @returns The block, if that was all of it. */
  begin(head: FrameHead, payload: Buffer): FieldBlock | undefined {
    const { bytes, isSelfDependent } = withoutPadding(head, payload);
    const isEnd = (head.flags & frameFlag.endStream) !== 0;
    const block = { stream: head.stream, isEnd, isSelfDependent, bytes };
    if ((head.flags & frameFlag.endHeaders) !== 0) return block;
    this.#begun = block;
    this.#pieces = [];
    this.#bytes = 0;
    this.#add(bytes);
    return undefined;
  }

  /** @param payload - Of CONTINUATION. */
  goOn(head: FrameHead, payload: Buffer): FieldBlock | undefined {
    const begun = this.#begun;
    if (!begun || begun.stream !== head.stream) {
      throw new ConnectionFault(errorCode.protocolError, 'a continuation of nothing');
    }
    this.#add(payload);
    if ((head.flags & frameFlag.endHeaders) === 0) return undefined;
    this.#begun = undefined;
    const bytes = Buffer.concat(this.#pieces);
    this.#pieces = [];
    return { ...begun, bytes };
  }

  #add(piece: Buffer): void {
    this.#bytes += piece.length;
    if (this.#bytes > this.#maxBytes) throw new ConnectionFault(errorCode.enhanceYourCalm, 'fields without end');
    this.#pieces.push(Buffer.from(piece));
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
