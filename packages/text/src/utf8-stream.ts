import { isUtf8 } from 'node:buffer';
import { invalidUtf8 } from './text-error.js';

const MAX_SEQUENCE_BYTES = 4;

/**
 * The same bytes as a plain `Uint8Array`. A `Buffer` is a subclass, and loops that meet both kinds are compiled to ask at
 * each access which one it is.
 */
export function plainBytes(bytes: Uint8Array): Uint8Array {
  if (Object.getPrototypeOf(bytes) === Uint8Array.prototype) return bytes;
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * Turns pieces cut anywhere into spans that hold whole, valid code points, so that everything behind it can decode
 * without looking. After {@link accept}, first `head[0 .. headLength)` is to be read (a code point that was cut by the
 * last border), then `piece[bodyStart .. bodyEnd)`.
 */
export class Utf8Stream {
  readonly head = new Uint8Array(MAX_SEQUENCE_BYTES);
  headLength = 0;
  bodyStart = 0;
  bodyEnd = 0;
  readonly #cut = new Uint8Array(MAX_SEQUENCE_BYTES);
  #cutLength = 0;

  /** @throws TextError INVALID_UTF8 */
  accept(chunk: Uint8Array): void {
    this.headLength = 0;
    this.bodyStart = this.#cutLength === 0 ? 0 : this.#completeCut(chunk);
    this.bodyEnd = this.bodyStart + wholeLength(chunk, this.bodyStart);
    if (!isUtf8(chunk.subarray(this.bodyStart, this.bodyEnd))) throw invalidUtf8();
    for (let at = this.bodyEnd; at < chunk.length; at++) this.#cut[this.#cutLength++] = chunk[at] as number;
  }

  /** @throws TextError INVALID_UTF8 when the text ends within a code point */
  end(): void {
    if (this.#cutLength > 0) throw invalidUtf8();
  }

  /** Takes what the cut code point lacks from the piece; returns how many bytes that took. */
  #completeCut(chunk: Uint8Array): number {
    const needed = sequenceLength(this.#cut[0] as number);
    let taken = 0;
    while (this.#cutLength < needed && taken < chunk.length) this.#cut[this.#cutLength++] = chunk[taken++] as number;
    if (this.#cutLength === needed) {
      if (!isUtf8(this.#cut.subarray(0, needed))) throw invalidUtf8();
      this.head.set(this.#cut);
      this.headLength = needed;
      this.#cutLength = 0;
    }
    return taken;
  }
}

function sequenceLength(lead: number): number {
  if (lead < 0xc0 || lead > 0xf7) return 1;
  return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/** Length of `piece[from ..]` without a code point that the end of the piece cuts. */
function wholeLength(chunk: Uint8Array, from: number): number {
  const end = chunk.length;
  for (let back = 1; back < MAX_SEQUENCE_BYTES && end - back >= from; back++) {
    const byte = chunk[end - back] as number;
    if (byte < 0x80) break;
    if (byte >= 0xc0) return end - from - (sequenceLength(byte) > back ? back : 0);
  }
  return end - from;
}
