/** Control characters, a bare CR or LF, and a folded line (RFC 9112, section 5.2). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for.
const ILLEGAL = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)|(?<!\r)\n|\n[ \t]/;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Whether a head or a trailer section, a character a byte, has what may stand nowhere in it. */
export function hasIllegalCharacter(text: string): boolean {
  return ILLEGAL.test(text);
}

/**
 * Reads field lines with CRLF between them (RFC 9112, section 5).
 *
 * @param text - A character a byte, of which {@link hasIllegalCharacter} is false.
 * @param start - Where the first line begins.
 * @returns Name, value, name, value, …; undefined if one of the lines is no field.
 */
export function parseFieldLines(text: string, start = 0): string[] | undefined {
  const fields: string[] = [];
  for (let at = start; at < text.length; ) {
    let end = text.indexOf('\r\n', at);
    if (end === -1) end = text.length;
    const colon = text.indexOf(':', at);
    if (colon === -1 || colon >= end) return undefined;
    const name = text.slice(at, colon);
    if (!TOKEN.test(name)) return undefined;
    fields.push(name, withoutBlanks(text, colon + 1, end));
    at = end + 2;
  }
  return fields;
}

/** Spaces and tabs only: `trim` would also take the bytes that Latin-1 reads as other blanks. */
function withoutBlanks(text: string, start: number, end: number): string {
  let from = start;
  let to = end;
  while (from < to && isBlank(text.charCodeAt(from))) from++;
  while (to > from && isBlank(text.charCodeAt(to - 1))) to--;
  return text.slice(from, to);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** Whether a field's name is this one, whatever its case. @param lower - In lower case. */
export function isName(name: string, lower: string): boolean {
  if (name.length !== lower.length) return false;
  for (let i = 0; i < lower.length; i++) {
    const code = name.charCodeAt(i);
    const isCapital = code >= 0x41 && code <= 0x5a;
    if ((isCapital ? code | 0x20 : code) !== lower.charCodeAt(i)) return false;
  }
  return true;
}

/** A field's value, several of them joined by commas (RFC 9110, section 5.2); undefined if there is none. */
export function fieldValue(fields: readonly string[], lower: string): string | undefined {
  let value: string | undefined;
  for (let i = 0; i < fields.length; i += 2) {
    if (!isName(fields[i] as string, lower)) continue;
    value = value === undefined ? fields[i + 1] : `${value}, ${fields[i + 1]}`;
  }
  return value;
}
