import { isName, parseFieldLines } from '@flotilla/http-server';
import type { RawHeaders } from './headers.js';

/** The instance answered with something that is no HTTP/1.1, or that two readers could understand in two ways. */
export class MalformedResponse extends Error {
  override readonly name = 'MalformedResponse';
  readonly code = 'MALFORMED_RESPONSE';
}

/** A body that comes in chunks. */
export const CHUNKED = -1;
/** A body that ends when the connection does. */
export const UNTIL_CLOSE = -2;

/** The head of a response. */
export interface ResponseHead {
  readonly status: number;
  readonly headers: RawHeaders;
  /** Length of the body in bytes, {@link CHUNKED} or {@link UNTIL_CLOSE}. */
  readonly bodyBytes: number;
  /** Whether the connection can be used again afterwards. */
  readonly keepsAlive: boolean;
}

/** Longest head of a response. Node's own limit is 16 KiB; no answer needs four times that. */
export const MAX_HEAD_BYTES = 64 * 1024;
const SWITCHING_PROTOCOLS = 101;
const NO_CONTENT = 204;
const NOT_MODIFIED = 304;
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?$/;
const LENGTH = /^\d{1,15}$/;

/**
 * Reads a response's head (RFC 9112, sections 4 to 6). As strict as a server is with requests: what could be framed in
 * two ways is refused, since the connection is shared by many clients.
 *
 * @param text - All of it without the empty line, a character per byte.
 * @throws {@link MalformedResponse}
 */
export function parseResponseHead(text: string): ResponseHead {
  let end = text.indexOf('\r\n');
  if (end === -1) end = text.length;
  return frame(parseStatusLine(text.slice(0, end)), parseFields(text.slice(end + 2)));
}

/** What the first line of a response says. */
export interface StatusLine {
  readonly status: number;
  readonly isHttp11: boolean;
}

/** @param line - Without its end. @throws {@link MalformedResponse} */
export function parseStatusLine(line: string): StatusLine {
  const parts = STATUS_LINE.exec(line);
  if (!parts) throw new MalformedResponse('no status line of HTTP/1');
  const status = Number(parts[2]);
  if (status === SWITCHING_PROTOCOLS) throw new MalformedResponse('an unsolicited switch of protocols');
  const isHttp11 = parts[1] === '1';
  // RFC 9110, section 15.2.
  if (status < 200 && !isHttp11) throw new MalformedResponse('an interim response in HTTP/1.0');
  return { status, isHttp11 };
}

/** Reads a head's fields, or those after a chunked body. @throws {@link MalformedResponse} */
export function parseFields(text: string): RawHeaders {
  const fields = parseFieldLines(text);
  if (!fields) throw new MalformedResponse('a line that is no field');
  return fields;
}

/** Whether a field of this name has a say in where a response, or its connection, ends. */
export function isOfFraming(name: string): boolean {
  return saysLength(name) || isName(name, 'connection');
}

/** Whether a field of this name says how long a body is. */
export function saysLength(name: string): boolean {
  return isName(name, 'content-length') || isName(name, 'transfer-encoding');
}

/** How long the body is (RFC 9112, section 6.3). @throws {@link MalformedResponse} */
export function frame(line: StatusLine, headers: RawHeaders): ResponseHead {
  const { status } = line;
  let length: string | undefined;
  let coding: string | undefined;
  let closes = !line.isHttp11;
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] as string;
    const value = headers[i + 1] as string;
    if (isName(name, 'content-length')) {
      if (length !== undefined || !LENGTH.test(value)) throw new MalformedResponse('a length that is none');
      length = value;
    } else if (isName(name, 'transfer-encoding')) {
      if (coding !== undefined || value.toLowerCase() !== 'chunked') throw new MalformedResponse('an unknown coding');
      coding = value;
    } else if (isName(name, 'connection') && value.toLowerCase().includes('close')) {
      closes = true;
    }
  }
  if (closes && status < 200) throw new MalformedResponse('an interim response behind which nothing comes');
  const bodyBytes = bodyBytesOf(line, length, coding);
  return { status, headers, bodyBytes, keepsAlive: !closes && bodyBytes !== UNTIL_CLOSE };
}

function bodyBytesOf({ status, isHttp11 }: StatusLine, length: string | undefined, coding: string | undefined): number {
  if (coding !== undefined && (length !== undefined || !isHttp11)) {
    throw new MalformedResponse('a coding beside a length, or in HTTP/1.0');
  }
  if (status < 200 || status === NO_CONTENT) {
    // RFC 9110, sections 8.6 and 15.2; a length of 0 says nothing else, and some say it.
    if (coding !== undefined || Number(length ?? 0) !== 0) throw new MalformedResponse('a body where there is none');
    return 0;
  }
  if (status === NOT_MODIFIED) return 0;
  if (coding !== undefined) return CHUNKED;
  return length === undefined ? UNTIL_CLOSE : Number(length);
}
