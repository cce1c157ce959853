export const QUOTE = 0x22;
export const BACKSLASH = 0x5c;
export const COMMA = 0x2c;
export const COLON = 0x3a;
export const CLOSE_ARRAY = 0x5d;
export const CLOSE_OBJECT = 0x7d;
export const LETTER_U = 0x75;
export const DIGIT_0 = 0x30;
export const DIGIT_9 = 0x39;

function table(fill: (set: (characters: string, value: number) => void) => void): Uint8Array {
  const values = new Uint8Array(256);
  fill((characters, value) => {
    for (const character of characters) values[character.charCodeAt(0)] = value;
  });
  return values;
}

const CONTROLS = String.fromCharCode(...Array(0x20).keys());

/** 1 for the bytes that end a plain run inside a string: quote, backslash, control characters. */
const SPECIAL = table((set) => set(`"\\${CONTROLS}`, 1));

/** 1 for the white space of RFC 8259 section 2. */
export const SPACE = table((set) => set(' \t\n\r', 1));

/** What a value that starts with this byte is; 0 where none can start. */
export const VALUE_KIND = table((set) => {
  set('"', 1);
  set('{', 2);
  set('[', 3);
  set('-0123456789', 4);
  set('tfn', 5);
});
export const STRING = 1;
export const OBJECT = 2;
export const ARRAY = 3;
export const NUMBER = 4;
export const LITERAL = 5;

/**
 * Skips the plain bytes of a string.
 *
 * Four table look-ups per turn: measured at 2 to 4 GB/s, faster than one or eight per turn on runs of about 70 bytes.
 *
 * @param bytes where the string lies
 * @param from first byte to look at
 * @param end first byte not to look at
 * @returns index of the first quote, backslash or control character, or `end`
 */
export function scanPlain(bytes: Uint8Array, from: number, end: number): number {
  let i = from;
  const last = end - 3;
  while (i < last) {
    const a = SPECIAL[bytes[i] as number] as number;
    const b = SPECIAL[bytes[i + 1] as number] as number;
    const c = SPECIAL[bytes[i + 2] as number] as number;
    const d = SPECIAL[bytes[i + 3] as number] as number;
    if ((a | b | c | d) !== 0) break;
    i += 4;
  }
  while (i < end && SPECIAL[bytes[i] as number] === 0) i++;
  return i;
}

/** @returns index of the first byte from `from` on that is no white space, or `end` */
export function skipSpace(bytes: Uint8Array, from: number, end: number): number {
  let i = from;
  while (i < end && SPACE[bytes[i] as number] === 1) i++;
  return i;
}
