import { NAME_CHARACTERS, VALUE_CHARACTERS } from '@flotilla/http2';

/**
 * Field lines with CRLF between them (RFC 9112, section 5): no control characters, no bare CR or LF, no folded line, no
 * space before a colon. One look at all of them: a look at each name would cost as much as reading it.
 */
const FIELD_LINES = new RegExp(`^(?:[${NAME_CHARACTERS}A-Z]+:[${VALUE_CHARACTERS}]*(?:\\r\\n|$))*$`);

/**
 * Reads field lines.
 *
 * @param text - All of them, a character a byte, without the empty line behind them.
 * @returns Name, value, name, value, …; undefined if one of the lines is no field.
 */
export function parseFieldLines(text: string): string[] | undefined {
  if (!FIELD_LINES.test(text)) return undefined;
  const fields: string[] = [];
  for (let at = 0; at < text.length; ) {
    let end = text.indexOf('\r\n', at);
    if (end === -1) end = text.length;
    const colon = text.indexOf(':', at);
    fields.push(text.slice(at, colon), withoutBlanks(text, colon + 1, end));
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
