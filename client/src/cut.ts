/**
 * Reads bytes of a text from a position on.
 *
 * @param position - Offset of the first byte, from 0.
 * @param maxBytes - How many bytes are wanted; fewer come where the text ends, none past its end. They may be
 * overwritten by the next call.
 */
export type ReadAt = (position: number, maxBytes: number) => Promise<Uint8Array>;

/** A part of a text, in bytes: `start` is in it, `end` is not. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** One read finds the border in any text of a language; a long word takes more of them. */
const WINDOW_BYTES = 16 * 1024;
/** Longest white-space character in UTF-8. */
const MAX_SPACE_BYTES = 3;

/**
 * Cuts a range of a text into parts of about the same size, at white space. Borders are looked for forward from the
 * quantiles, so the text is read only there. A border stands behind a white-space character; parts joined give
 * the range again.
 *
 * @param parts - How many are wanted. Fewer come when there are not enough words, or one word spans several quantiles.
 */
export async function cutRange(readAt: ReadAt, range: ByteRange, parts: number): Promise<ByteRange[]> {
  const ranges: ByteRange[] = [];
  const size = range.end - range.start;
  let start = range.start;
  for (let part = 1; part < parts && start < range.end; part++) {
    const quantile = range.start + Math.floor((size * part) / parts);
    if (quantile < start) continue;
    const border = await borderAfter(readAt, quantile, range.end);
    if (border >= range.end) break;
    ranges.push({ start, end: border });
    start = border;
  }
  return start < range.end ? [...ranges, { start, end: range.end }] : ranges;
}

/** The end of the first white-space character that begins at `from` or later; `end` if there is none. */
async function borderAfter(readAt: ReadAt, from: number, end: number): Promise<number> {
  let position = from;
  while (position < end) {
    const bytes = await readAt(position, Math.min(WINDOW_BYTES, end - position));
    if (bytes.length === 0) return end;
    const found = endOfFirstSpace(bytes);
    if (found > 0) return position + found;
    // The last bytes may be the beginning of a white-space character: they are read again with what follows.
    const overlap = position + bytes.length < end ? MAX_SPACE_BYTES - 1 : 0;
    position += Math.max(1, bytes.length - overlap);
  }
  return end;
}

/** Offset behind the first white-space character of some bytes; 0 if they hold none. */
function endOfFirstSpace(bytes: Uint8Array): number {
  for (let offset = 0; offset < bytes.length; offset++) {
    const length = spaceLength(bytes, offset);
    if (length > 0) return offset + length;
  }
  return 0;
}

/**
 * Length of the white-space character at an offset of valid UTF-8, in bytes; 0 if another character, or the inside of
 * one, is there.
 *
 * It is `\s` of ECMAScript without U+FEFF. That one is no border, because Unicode's rule for the final sigma looks
 * through it (it is "case-ignorable"): `ΑΣ<U+FEFF>Α` is lower-cased in one way whole and in another way cut.
 */
export function spaceLength(bytes: Uint8Array, offset: number): 0 | 1 | 2 | 3 {
  const first = bytes[offset] ?? 0;
  if (first < 0x80) return first === 0x20 || (first >= 0x09 && first <= 0x0d) ? 1 : 0;
  const second = bytes[offset + 1] ?? 0;
  if (first === 0xc2) return second === 0xa0 ? 2 : 0;
  return isThreeByteSpace(first, second, bytes[offset + 2] ?? 0) ? 3 : 0;
}

/** U+1680, U+2000 to U+200A, U+2028, U+2029, U+202F, U+205F, U+3000. */
function isThreeByteSpace(first: number, second: number, third: number): boolean {
  if (first === 0xe1) return second === 0x9a && third === 0x80;
  if (first === 0xe3) return second === 0x80 && third === 0x80;
  if (first !== 0xe2) return false;
  if (second === 0x81) return third === 0x9f;
  const isGeneralSpace = (third >= 0x80 && third <= 0x8a) || third === 0xa8 || third === 0xa9 || third === 0xaf;
  return second === 0x80 && isGeneralSpace;
}
