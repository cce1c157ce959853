import { LETTER_U } from './bytes.js';

/** What the byte after a backslash stands for; 0 where it may not follow one. */
const SIMPLE = new Uint8Array(256);
const MEANINGS = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
for (const [letter, meaning] of Object.entries(MEANINGS)) SIMPLE[letter.charCodeAt(0)] = meaning.charCodeAt(0);

const NOT_HEX = 0xff;
const HEX = new Uint8Array(256).fill(NOT_HEX);
for (const digit of '0123456789abcdefABCDEF') HEX[digit.charCodeAt(0)] = Number.parseInt(digit, 16);

/** Escapes are two bytes, or six. */
const LONG_ESCAPE_BYTES = 6;

/**
 * Checks the escape at `at`.
 *
 * @param bytes where the string lies
 * @param at index of the backslash
 * @param end first byte not to look at
 * @returns the index after the escape; 0 when the bytes end inside it; `~index` of the byte that makes it wrong
 */
export function escapeEnd(bytes: Uint8Array, at: number, end: number): number {
  if (at + 1 >= end) return 0;
  const letter = bytes[at + 1] as number;
  if (letter !== LETTER_U) return SIMPLE[letter] === 0 ? ~(at + 1) : at + 2;
  const after = at + LONG_ESCAPE_BYTES;
  if (after <= end && areHex(bytes, at + 2)) return after;
  return wrongHexDigit(bytes, at, end);
}

/** The escape is cut, or has a digit that is none. */
function wrongHexDigit(bytes: Uint8Array, at: number, end: number): number {
  const stop = Math.min(at + LONG_ESCAPE_BYTES, end);
  for (let i = at + 2; i < stop; i++) {
    if (HEX[bytes[i] as number] === NOT_HEX) return ~i;
  }
  return 0;
}

/**
 * @param bytes where the string lies
 * @param at index of the backslash of an escape that `escapeEnd` accepted
 * @returns its UTF-16 code unit
 */
export function escapeUnit(bytes: Uint8Array, at: number): number {
  const letter = bytes[at + 1] as number;
  if (letter !== LETTER_U) return SIMPLE[letter] as number;
  return (hex(bytes, at + 2) << 12) | (hex(bytes, at + 3) << 8) | (hex(bytes, at + 4) << 4) | hex(bytes, at + 5);
}

function areHex(bytes: Uint8Array, at: number): boolean {
  return (hex(bytes, at) | hex(bytes, at + 1) | hex(bytes, at + 2) | hex(bytes, at + 3)) !== NOT_HEX;
}

function hex(bytes: Uint8Array, at: number): number {
  return HEX[bytes[at] as number] as number;
}

/** @returns how many bytes a cut escape still wants before it can be looked at again */
export function missingEscapeBytes(cut: Uint8Array): number {
  return cut.length === 1 ? 1 : LONG_ESCAPE_BYTES - cut.length;
}
