import { CLOSE_OBJECT, COLON, COMMA, DIGIT_0, DIGIT_9, QUOTE, SPACE, scanPlain, skipSpace } from './bytes.js';
import type { CountsSink } from './shape.js';

/** Up to here plain addition is exact. */
const MAX_DIGITS = 15;

/**
 * The fast lane of a counts object: hands out every entry that lies whole in the chunk, without escapes in its key and
 * with a short plain integer. It stops before the first entry that is anything else, which the careful lane then reads
 * byte by byte; so it judges nothing, and cannot disagree with it.
 *
 * @param bytes the chunk
 * @param from index of the opening quote of a key
 * @param end first byte not to look at
 * @param maxKeyBytes longer keys are left to the careful lane
 * @param sink takes the entries
 * @returns index after the value of the last entry handed out; `from` when there was none
 */
export function readEntries(
  bytes: Uint8Array,
  from: number,
  end: number,
  maxKeyBytes: number,
  sink: CountsSink,
): number {
  let done = from;
  let key = from;
  for (;;) {
    const keyEnd = scanPlain(bytes, key + 1, end);
    if (keyEnd === end || bytes[keyEnd] !== QUOTE || keyEnd - key - 1 > maxKeyBytes) return done;
    const colon = skipSpace(bytes, keyEnd + 1, end);
    if (colon === end || bytes[colon] !== COLON) return done;
    const number = skipSpace(bytes, colon + 1, end);
    const numberEnd = digitsEnd(bytes, number, end);
    if (numberEnd === 0) return done;
    sink.entry(bytes, key + 1, keyEnd, integer(bytes, number, numberEnd));
    done = numberEnd;
    const comma = skipSpace(bytes, numberEnd, end);
    if (comma === end || bytes[comma] !== COMMA) return done;
    key = skipSpace(bytes, comma + 1, end);
    if (key === end || bytes[key] !== QUOTE) return done;
  }
}

/** @returns the index after a short plain integer that is surely over; 0 when it is not one */
function digitsEnd(bytes: Uint8Array, from: number, end: number): number {
  let i = from;
  while (i < end && isDigit(bytes[i] as number)) i++;
  const digits = i - from;
  if (i === end || digits === 0 || digits > MAX_DIGITS) return 0;
  if (digits > 1 && bytes[from] === DIGIT_0) return 0;
  const next = bytes[i] as number;
  return next === COMMA || next === CLOSE_OBJECT || SPACE[next] === 1 ? i : 0;
}

function integer(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i++) value = value * 10 + (bytes[i] as number) - DIGIT_0;
  return value;
}

function isDigit(byte: number): boolean {
  return byte >= DIGIT_0 && byte <= DIGIT_9;
}
