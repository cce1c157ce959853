import { STATUS_CODES } from 'node:http';
import { isName } from '../message/field-lines.js';

/** The date changes once a second (RFC 9110, section 6.6.1). */
const SECOND_MS = 1000;
let dateLine = '';
let dateSecond = 0;

/** The head of a response as it starts, and what its fields say. */
export interface ResponseHeadText {
  /** Without the empty line, so that more fields can follow. */
  readonly text: string;
  readonly hasLength: boolean;
  /** Whether a field asks that the connection be closed afterwards. The field itself is left out. */
  readonly closes: boolean;
}

/** Writes a status line and fields (RFC 9112, sections 4 and 5), with a date if there is none among them. */
export function responseHead(status: number, headers: readonly string[]): ResponseHeadText {
  let text = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`;
  let hasLength = false;
  let hasDate = false;
  let closes = false;
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] as string;
    if (isName(name, 'connection')) {
      closes = true;
      continue;
    }
    if (isName(name, 'content-length')) hasLength = true;
    else if (isName(name, 'date')) hasDate = true;
    text += `${name}: ${headers[i + 1]}\r\n`;
  }
  if (!hasDate) text += currentDateLine();
  return { text, hasLength, closes };
}

function currentDateLine(): string {
  const second = Math.floor(Date.now() / SECOND_MS);
  if (second !== dateSecond) {
    dateSecond = second;
    dateLine = `date: ${new Date(second * SECOND_MS).toUTCString()}\r\n`;
  }
  return dateLine;
}
