import { lookUp, SPACE } from './code-points.js';
import { decodeAt, lengthOfLead } from './utf8.js';

const BLOCK_BYTES = 32;
const ASCII_SPACE = 1;
const MAY_BEGIN_SPACE = 2;

/** What a byte can be: ASCII white space, a byte with which wider white space begins, or (0) neither. */
const byteKinds = new Uint8Array(256);
for (let byte = 0; byte < 0x80; byte++) if ((lookUp(byte) & SPACE) !== 0) byteKinds[byte] = ASCII_SPACE;
// All wider white space (Zs, U+2028, U+2029, U+FEFF) lies in these ranges; a test walks through the whole of Unicode.
for (const [first, last] of [
  [0x80, 0x30ff],
  [0xfeff, 0xfeff],
] as const) {
  for (let codePoint = first; codePoint <= last; codePoint++) {
    const text = String.fromCharCode(codePoint);
    if (/\s/.test(text)) byteKinds[new TextEncoder().encode(text)[0] as number] = MAY_BEGIN_SPACE;
  }
}

/** For four bytes, four bits, the lowest for the first byte: 1 where it is ASCII white space (0x20, 0x09 to 0x0d). */
function spaceBits(four: number): number {
  const low = four & 0x7f7f7f7f;
  const blank = ~((low ^ 0x20202020) + 0x7f7f7f7f);
  const control = (low + 0x77777777) & ~(low + 0x72727272);
  return Math.imul((((blank | control) & ~four) >>> 7) & 0x01010101, 0x10204080) >>> 28;
}

/** Non-zero when one of four bytes is one of those wider white space begins with: 0xc2, 0xe1 to 0xe3, 0xef. */
function mayBeginSpace(four: number): number {
  const low = four & 0x7f7f7f7f;
  const c2 = ~((low ^ 0x42424242) + 0x7f7f7f7f);
  const e1 = (low + 0x1f1f1f1f) & ~(low + 0x1c1c1c1c);
  const ef = ~((low ^ 0x6f6f6f6f) + 0x7f7f7f7f);
  return (c2 | e1 | ef) & four & 0x80808080;
}

function mayHoldSpace(a: number, b: number, c: number, d: number): boolean {
  return (mayBeginSpace(a) | mayBeginSpace(b) | mayBeginSpace(c) | mayBeginSpace(d)) !== 0;
}

/**
 * Finds where words end: writes the position of every byte of white space in `bytes[from .. to)` to `ends`.
 *
 * ASCII goes 32 bytes at a time: each four bytes give four bits of a mask, and its set bits are the ends, so that the
 * only branch that is hard to predict comes once in 32 bytes (the idea is simdjson's: Langdale and Lemire, "Parsing
 * gigabytes of JSON per second", 2019).
 *
 * @param bytes valid UTF-8, with no code point cut at `from` or `to`
 * @param view over the same bytes
 * @param ends takes up to `to - from` positions
 * @returns how many ends there are
 */
export function findWordEnds(bytes: Uint8Array, view: DataView, from: number, to: number, ends: Int32Array): number {
  let count = 0;
  let at = from;
  while (at <= to - BLOCK_BYTES) {
    const a = view.getInt32(at, true);
    const b = view.getInt32(at + 4, true);
    const c = view.getInt32(at + 8, true);
    const d = view.getInt32(at + 12, true);
    const e = view.getInt32(at + 16, true);
    const f = view.getInt32(at + 20, true);
    const g = view.getInt32(at + 24, true);
    const h = view.getInt32(at + 28, true);
    const isWide = ((a | b | c | d | e | f | g | h) & 0x80808080) !== 0;
    if (!isWide || !(mayHoldSpace(a, b, c, d) || mayHoldSpace(e, f, g, h))) {
      let spaces = spaceBits(a) | (spaceBits(b) << 4) | (spaceBits(c) << 8) | (spaceBits(d) << 12);
      spaces |= (spaceBits(e) << 16) | (spaceBits(f) << 20) | (spaceBits(g) << 24) | (spaceBits(h) << 28);
      while (spaces !== 0) {
        ends[count++] = at + 31 - Math.clz32(spaces & -spaces);
        spaces &= spaces - 1;
      }
      at += BLOCK_BYTES;
    } else {
      // White space that reaches into the next block is found here: continuation bytes are never ends there.
      count = scanBytes(bytes, at, at + BLOCK_BYTES, ends, count);
      at += BLOCK_BYTES;
    }
  }
  return scanBytes(bytes, at, to, ends, count);
}

function scanBytes(bytes: Uint8Array, from: number, to: number, ends: Int32Array, found: number): number {
  let count = found;
  let at = from;
  while (at < to) {
    const kind = byteKinds[bytes[at] as number] as number;
    const next = kind === 0 ? at : at + spaceLength(bytes, at, kind);
    if (next === at) at++;
    while (at < next) ends[count++] = at++;
  }
  return count;
}

/** Where the first white space in `bytes[from .. to)` begins; `to` when there is none. */
export function findFirstWordEnd(bytes: Uint8Array, from: number, to: number): number {
  for (let at = from; at < to; at++) {
    const kind = byteKinds[bytes[at] as number] as number;
    if (kind !== 0 && spaceLength(bytes, at, kind) > 0) return at;
  }
  return to;
}

/** Bytes of the white space at `at`; 0 when it is none. */
function spaceLength(bytes: Uint8Array, at: number, kind: number): number {
  if (kind === ASCII_SPACE) return 1;
  return (lookUp(decodeAt(bytes, at)) & SPACE) === 0 ? 0 : lengthOfLead(bytes[at] as number);
}
