/** Length in bytes of the code point that this byte leads; 0 for a byte that cannot lead one (Unicode table 3-7). */
function sequenceBytes(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead < 0xc2) return 0;
  if (lead < 0xe0) return 2;
  if (lead < 0xf0) return 3;
  return lead < 0xf5 ? 4 : 0;
}

/**
 * Where to cut a chunk so that no code point is cut.
 *
 * @param bytes the chunk
 * @param from first byte of the part that counts
 * @returns index of the lead byte of an unfinished code point at the end, or `bytes.length` when there is none
 */
export function wholeCodePointsEnd(bytes: Uint8Array, from: number): number {
  const end = bytes.length;
  const earliest = Math.max(from, end - 3);
  for (let i = end - 1; i >= earliest; i--) {
    const byte = bytes[i] as number;
    if (byte < 0x80) return end;
    if (byte >= 0xc0) return sequenceBytes(byte) > end - i ? i : end;
  }
  return end;
}

/** @returns how many bytes an unfinished code point still wants */
export function missingBytes(unfinished: Uint8Array): number {
  return sequenceBytes(unfinished[0] as number) - unfinished.length;
}

/** Lowest and highest second byte after a lead byte: no overlong form, no surrogate, nothing past U+10FFFF. */
function isSecondByte(lead: number, byte: number): boolean {
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  return byte >= low && byte <= high;
}

function isSequence(bytes: Uint8Array, at: number, length: number): boolean {
  if (length === 0 || at + length > bytes.length) return false;
  if (length > 1 && !isSecondByte(bytes[at] as number, bytes[at + 1] as number)) return false;
  for (let i = at + 2; i < at + length; i++) {
    if (((bytes[i] as number) & 0xc0) !== 0x80) return false;
  }
  return true;
}

/**
 * Finds the fault that `isUtf8` only reports. Runs once per refused document, so it need not be fast.
 *
 * @param bytes the faulty chunk
 * @param from index of the first byte of a code point
 * @returns index of the first byte of the first ill-formed sequence; `bytes.length` when there is none
 */
export function firstInvalid(bytes: Uint8Array, from: number): number {
  let i = from;
  while (i < bytes.length) {
    const length = sequenceBytes(bytes[i] as number);
    if (!isSequence(bytes, i, length)) return i;
    i += length;
  }
  return i;
}
