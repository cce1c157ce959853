import { Buffer } from 'node:buffer';
import { BACKSLASH, QUOTE, scanPlain } from './bytes.js';

/** Bytes that an escaped byte may take: `\u001f`. */
const MAX_ESCAPE_BYTES = 6;
const ENCODER = new TextEncoder();

/** The escape of every byte that needs one, as `JSON.stringify` writes it. */
const ESCAPES: readonly (Uint8Array | undefined)[] = Array.from({ length: 256 }, (_, byte) => {
  if (byte >= 0x20 && byte !== QUOTE && byte !== BACKSLASH) return undefined;
  return ENCODER.encode(JSON.stringify(String.fromCharCode(byte)).slice(1, -1));
});

/**
 * @param text any string; a lone surrogate becomes an escape
 * @returns it as a JSON string, quotes included, in UTF-8
 */
export function jsonString(text: string): Uint8Array {
  return Buffer.from(JSON.stringify(text));
}

/**
 * Escapes UTF-8 for a JSON string. Pieces of a text can be escaped one by one, wherever they are cut.
 *
 * @param bytes UTF-8, which is not checked
 * @returns what may stand between quotes: `bytes` itself when nothing in it needs an escape
 */
export function escapeUtf8(bytes: Uint8Array): Uint8Array {
  const first = scanPlain(bytes, 0, bytes.length);
  if (first === bytes.length) return bytes;
  const target = new Uint8Array(first + MAX_ESCAPE_BYTES * (bytes.length - first));
  target.set(bytes.subarray(0, first));
  return target.subarray(0, escapeUtf8Into(bytes, first, bytes.length, target, first));
}

/**
 * Escapes UTF-8 into memory of the caller's, for those who write many words.
 *
 * @param source UTF-8, which is not checked, from `from` to `to`
 * @param target has room for 6 bytes per byte of the source from `at` on
 * @returns index after the last byte written
 */
export function escapeUtf8Into(source: Uint8Array, from: number, to: number, target: Uint8Array, at: number): number {
  let out = at;
  for (let i = from; i < to; i++) {
    const byte = source[i] as number;
    const escaped = ESCAPES[byte];
    if (escaped === undefined) {
      target[out++] = byte;
    } else {
      target.set(escaped, out);
      out += escaped.length;
    }
  }
  return out;
}
