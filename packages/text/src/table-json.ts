import { wordReader } from './word-decoder.js';
import type { WordRecords } from './word-records.js';

const PIECE_BYTES = 64 * 1024;
/** A word is escaped in steps of this size, so that a step always fits in a piece. */
const STEP_BYTES = 8 * 1024;
/** `\u0000`: the longest escape of one byte. */
const MAX_ESCAPE_BYTES = 6;
/** Quotes, colon, comma, braces and the digits of a count. */
const MAX_FRAME_BYTES = 32;

const encoder = new TextEncoder();
/** Per byte what JSON writes in its place; undefined where that is the byte itself. */
const escapes: readonly (Uint8Array | undefined)[] = Array.from({ length: 256 }, (_, byte) => {
  const needsEscape = byte < 0x20 || byte === 0x22 || byte === 0x5c;
  return needsEscape ? encoder.encode(JSON.stringify(String.fromCharCode(byte)).slice(1, -1)) : undefined;
});

/** The object `{"word":count,...}` in pieces of about 64 KiB. */
export function* tableToJson(records: WordRecords): Generator<Uint8Array> {
  const chunk = new JsonPiece();
  const readWord = wordReader(records);
  chunk.byte(0x7b);
  for (let id = 0; id < records.length; id++) {
    const { bytes, start, end } = readWord(id);
    if (id > 0) chunk.byte(0x2c);
    chunk.byte(0x22);
    for (let from = start, to = start; to < end || from === start; from = to) {
      to = Math.min(end, from + STEP_BYTES);
      if (chunk.room < (to - from) * MAX_ESCAPE_BYTES + MAX_FRAME_BYTES) yield chunk.take();
      chunk.escaped(bytes, from, to);
    }
    chunk.byte(0x22);
    chunk.byte(0x3a);
    chunk.count(records.countOf(id));
  }
  chunk.byte(0x7d);
  yield chunk.take();
}

/** A piece of JSON that is being written. A writer checks for room first. */
class JsonPiece {
  readonly #bytes = new Uint8Array(PIECE_BYTES);
  readonly #digits = new Uint8Array(20);
  #length = 0;

  get room(): number {
    return PIECE_BYTES - this.#length;
  }

  byte(value: number): void {
    this.#bytes[this.#length++] = value;
  }

  escaped(source: Uint8Array, from: number, to: number): void {
    const target = this.#bytes;
    let length = this.#length;
    for (let at = from; at < to; at++) {
      const byte = source[at] as number;
      const longer = escapes[byte];
      if (longer === undefined) {
        target[length++] = byte;
      } else {
        target.set(longer, length);
        length += longer.length;
      }
    }
    this.#length = length;
  }

  count(value: number): void {
    let left = value;
    let digits = 0;
    do {
      const rest = Math.floor(left / 10);
      this.#digits[digits++] = 0x30 + (left - rest * 10);
      left = rest;
    } while (left > 0);
    while (digits > 0) this.byte(this.#digits[--digits] as number);
  }

  take(): Uint8Array {
    const chunk = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return chunk;
  }
}
