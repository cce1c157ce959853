import * as unicode from './code-points.js';
import { isCasedAfter, isCasedBefore } from './final-sigma.js';
import { type CleanerLimits, checkLimits, DEFAULT_CLEANER_LIMITS } from './limits.js';
import { wordTooLong } from './text-error.js';
import { encodeAt } from './utf8.js';
import { plainBytes, Utf8Stream } from './utf8-stream.js';

// An imported binding is read anew at each use; constants of the module itself are compiled into the loop.
const { CAPITAL_I_WITH_DOT, CHANGED, codePoints, FORMAT, KEPT, LOWER, lookUp, MARK, SPACE, SPECIAL } = unicode;

/** A scratch buffer up to this size is kept from piece to piece. */
const MAX_KEPT_SCRATCH_BYTES = 1024 * 1024;
const SMALL_SIGMA_LAST_BYTE = 0x83;
const FINAL_SIGMA_LAST_BYTE = 0x82;
/** Room behind the output for stores that write four bytes and advance by fewer. */
const SLACK_BYTES = 16;

/** ASCII byte to its output byte, with {@link STEP_KEPT} or {@link STEP_SPACE} above it; 0 drops it. */
const asciiSteps = new Int32Array(256);
const STEP_KEPT = 8;
const STEP_SPACE = 9;
for (let byte = 0; byte < 0x80; byte++) {
  const entry = lookUp(byte);
  if ((entry & KEPT) !== 0) asciiSteps[byte] = ((entry & CHANGED) !== 0 ? entry & LOWER : byte) | (1 << STEP_KEPT);
  if ((entry & SPACE) !== 0) asciiSteps[byte] = 0x20 | (1 << STEP_SPACE);
}

/**
 * Whether a mark at `at` has something to stand on. In ASCII there are neither marks nor format characters, so that a
 * byte of it decides; among wider characters, those on which nothing stands have left where they end.
 */
function hasBaseAt(bytes: Uint8Array, from: number, at: number, baselessAt: number): boolean {
  if (at === baselessAt) return false;
  const before = at > from ? (bytes[at - 1] as number) : 0x80;
  return before >= 0x80 || (asciiSteps[before] as number) >>> STEP_KEPT === 1;
}

/**
 * Stage 2: lower-cases a text, drops what is neither letter, mark, number nor white space, and marks that stand on
 * nothing, and folds each run of white space into one space. It does to the whole text exactly what this does:
 *
 * ```ts
 * text.toLowerCase()
 *   .replace(/(^|\s|[^\p{L}\p{M}\p{N}\p{Cf}])[[\p{M}\p{Cf}]--\s]+/gv, '$1')
 *   .replace(/[^\p{L}\p{M}\p{N}\s]/gu, '')
 *   .replace(/\s+/gu, ' ');
 * ```
 *
 * A mark belongs to the nearest character before it that is neither a mark nor a format character. Where that was
 * dropped, or is white space, or there is none, the mark is dropped.
 *
 * Pieces may be cut anywhere. Memory stays flat but for a capital sigma at the end of what has been seen: its lower
 * case depends on what follows, so it and what its word adds are held back, up to `maxHeldBytes`.
 */
export class Cleaner {
  readonly #maxHeldBytes: number;
  readonly #utf8 = new Utf8Stream();
  #out = new Uint8Array(0);
  #outView = new DataView(this.#out.buffer);
  #length = 0;
  #endsInSpace = 0;
  /** Whether a mark that comes next has something to stand on. */
  #hasBase = false;
  #casedBefore = false;
  /** Where in the output the undecided sigma stands; -1 when there is none. */
  #sigmaAt = -1;
  #bytesIn = 0;
  #bytesOut = 0;
  #continuationsIn = 0;
  #continuationsOut = 0;

  /** @throws RangeError when a limit makes no sense */
  constructor(limits: Partial<CleanerLimits> = {}) {
    this.#maxHeldBytes = checkLimits({ ...DEFAULT_CLEANER_LIMITS, ...limits }).maxHeldBytes;
  }

  /** Code points read so far; whole once {@link end} was called. */
  get originalCodePoints(): number {
    return this.#bytesIn - this.#continuationsIn;
  }

  /** Code points of cleaned text so far, those held back included. */
  get cleanedCodePoints(): number {
    return this.#bytesOut + this.#length - this.#continuationsOut;
  }

  /**
   * Cleans the next piece.
   *
   * @param utf8 a piece of any size, cut anywhere; it is read, never kept
   * @returns the cleaned bytes that are ready, memory the caller owns
   * @throws TextError INVALID_UTF8, or WORD_TOO_LONG when more than `maxHeldBytes` would be held back
   */
  write(utf8: Uint8Array): Uint8Array {
    const chunk = plainBytes(utf8);
    this.#utf8.accept(chunk);
    const { head, headLength, bodyStart, bodyEnd } = this.#utf8;
    this.#reserve(headLength + bodyEnd - bodyStart);
    if (headLength > 0) this.#span(head, 0, headLength);
    if (bodyEnd > bodyStart) this.#span(chunk, bodyStart, bodyEnd);
    return this.#take(this.#sigmaAt < 0 ? this.#length : this.#sigmaAt);
  }

  /**
   * Ends the text.
   *
   * @returns the last cleaned bytes
   * @throws TextError INVALID_UTF8 when the text ends within a code point
   */
  end(): Uint8Array {
    this.#utf8.end();
    this.#decideSigma(false);
    return this.#take(this.#length);
  }

  #span(bytes: Uint8Array, from: number, to: number): void {
    if (this.#sigmaAt >= 0) {
      const cased = isCasedAfter(bytes, from, to);
      if (cased !== undefined) this.#decideSigma(cased);
    }
    this.#bytesIn += to - from;
    this.#scan(bytes, from, to);
    this.#casedBefore = isCasedBefore(bytes, from, to, this.#casedBefore);
    if (this.#sigmaAt >= 0 && this.#length - this.#sigmaAt > this.#maxHeldBytes) throw wordTooLong(this.#maxHeldBytes);
  }

  // biome-ignore lint/complexity/noExcessiveCognitiveComplexity: one loop with both lanes in it; a call per character would cost more than the character
  #scan(bytes: Uint8Array, from: number, to: number): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const out = this.#out;
    const outView = this.#outView;
    const lastQuad = to - 4;
    let length = this.#length;
    let afterSpace = this.#endsInSpace;
    // Behind this, a mark has nothing to stand on. What is kept need not say so: it is what stands elsewhere.
    let baselessAt = this.#hasBase ? -1 : from;
    let continuationsIn = 0;
    let continuationsCopied = 0;
    let at = from;
    while (at < to) {
      // Four bytes at once. The high bit of each byte says: a letter; a space; anything else.
      while (at <= lastQuad) {
        const quad = view.getInt32(at, true);
        if ((quad & 0x80808080) !== 0) break;
        const folded = quad | 0x20202020;
        const letters = (folded + 0x1f1f1f1f) & ~(folded + 0x05050505) & 0x80808080;
        const spaces = ~((quad ^ 0x20202020) + 0x7f7f7f7f) & 0x80808080;
        if ((letters | spaces) === -0x7f7f7f80 && (spaces & ((spaces << 8) | (afterSpace << 7))) === 0) {
          outView.setInt32(length, quad | (letters >>> 2), true);
          length += 4;
          afterSpace = spaces >>> 31;
        } else {
          for (let end = at + 4, next = at; next < end; next++) {
            const step = asciiSteps[bytes[next] as number] as number;
            const kept = (step >>> STEP_KEPT) & 1;
            const space = step >>> STEP_SPACE;
            out[length] = step;
            length += kept | (space & ~afterSpace);
            afterSpace = space | (afterSpace & ~kept);
          }
        }
        at += 4;
      }
      // Single ASCII bytes, up to the next wide character or the end.
      for (; at < to; at++) {
        const byte = bytes[at] as number;
        if (byte >= 0x80) break;
        const step = asciiSteps[byte] as number;
        const kept = (step >>> STEP_KEPT) & 1;
        const space = step >>> STEP_SPACE;
        out[length] = step;
        length += kept | (space & ~afterSpace);
        afterSpace = space | (afterSpace & ~kept);
      }
      // Wide characters, as long as they follow each other.
      while (at < to) {
        const lead = bytes[at] as number;
        if (lead < 0x80) break;
        const second = bytes[at + 1] as number;
        let codePoint = ((lead & 0x1f) << 6) | (second & 0x3f);
        let size = 2;
        if (lead >= 0xe0) {
          const third = bytes[at + 2] as number;
          codePoint = ((codePoint & 0x3ff) << 6) | (third & 0x3f);
          size = 3;
          if (lead >= 0xf0) {
            codePoint = ((codePoint & 0x7fff) << 6) | ((bytes[at + 3] as number) & 0x3f);
            size = 4;
          }
        }
        let entry = codePoints[codePoint] as number;
        if (entry === 0) entry = lookUp(codePoint);
        continuationsIn += size - 1;
        if ((entry & (KEPT | CHANGED)) === KEPT || ((entry & MARK) !== 0 && hasBaseAt(bytes, from, at, baselessAt))) {
          out[length] = lead;
          out[length + 1] = second;
          if (size > 2) {
            out[length + 2] = bytes[at + 2] as number;
            if (size > 3) out[length + 3] = bytes[at + 3] as number;
          }
          length += size;
          continuationsCopied += size - 1;
          afterSpace = 0;
        } else if ((entry & KEPT) !== 0) {
          length =
            (entry & SPECIAL) === 0
              ? this.#encode(entry & LOWER, length)
              : this.#special(codePoint, length, bytes, from, at, to);
          afterSpace = 0;
        } else if ((entry & SPACE) !== 0) {
          out[length] = 0x20;
          length += 1 - afterSpace;
          afterSpace = 1;
          baselessAt = at + size;
        } else if ((entry & FORMAT) === 0 || !hasBaseAt(bytes, from, at, baselessAt)) {
          baselessAt = at + size;
        }
        at += size;
      }
    }
    this.#continuationsIn += continuationsIn;
    this.#continuationsOut += continuationsCopied;
    this.#length = length;
    this.#endsInSpace = afterSpace;
    this.#hasBase = hasBaseAt(bytes, from, to, baselessAt);
  }

  /** Writes a lower-case code point that differs from its original. */
  #encode(codePoint: number, at: number): number {
    const next = encodeAt(codePoint, this.#out, at);
    this.#continuationsOut += next - at - 1;
    return next;
  }

  #special(codePoint: number, length: number, bytes: Uint8Array, from: number, at: number, to: number): number {
    if (codePoint === CAPITAL_I_WITH_DOT) return this.#encode(0x307, this.#encode(0x69, length));
    const next = this.#encode(0x3c3, length);
    if (!isCasedBefore(bytes, from, at, this.#casedBefore)) return next;
    this.#sigmaAt = length;
    const cased = isCasedAfter(bytes, at + 2, to);
    if (cased !== undefined) this.#decideSigma(cased);
    return next;
  }

  #decideSigma(casedAfter: boolean): void {
    if (this.#sigmaAt < 0) return;
    this.#out[this.#sigmaAt + 1] = casedAfter ? SMALL_SIGMA_LAST_BYTE : FINAL_SIGMA_LAST_BYTE;
    this.#sigmaAt = -1;
  }

  /** Makes room for what `addedBytes` of input can become: two bytes can turn into three (U+023A, U+0130). */
  #reserve(addedBytes: number): void {
    const needed = this.#length + addedBytes + (addedBytes >>> 1) + SLACK_BYTES;
    if (needed <= this.#out.length) return;
    const grown = new Uint8Array(Math.max(needed, Math.min(2 * this.#out.length, MAX_KEPT_SCRATCH_BYTES)));
    grown.set(this.#out.subarray(0, this.#length));
    this.#out = grown;
    this.#outView = new DataView(grown.buffer);
  }

  /** A copy of the first bytes of the output; the rest stays held back, and moves to the front. */
  #take(ready: number): Uint8Array {
    const chunk = this.#out.slice(0, ready);
    const held = this.#length - ready;
    if (this.#out.length > MAX_KEPT_SCRATCH_BYTES && held === 0) {
      this.#out = new Uint8Array(0);
      this.#outView = new DataView(this.#out.buffer);
    } else if (ready > 0 && held > 0) {
      this.#out.copyWithin(0, ready, this.#length);
    }
    this.#length = held;
    this.#bytesOut += ready;
    if (this.#sigmaAt >= 0) this.#sigmaAt = 0;
    return chunk;
  }
}
