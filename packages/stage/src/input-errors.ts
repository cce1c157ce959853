import { FlotillaError, type ProblemCode } from '@flotilla/contracts';
import { JsonError, type JsonErrorCode } from '@flotilla/json';
import { TextError, type TextErrorCode } from '@flotilla/text';

const JSON_CODES: Readonly<Record<JsonErrorCode, ProblemCode>> = {
  SYNTAX: 'FLT_INVALID_JSON',
  INCOMPLETE: 'FLT_INVALID_JSON',
  TOO_DEEP: 'FLT_INVALID_JSON',
  INVALID_UTF8: 'FLT_INVALID_UTF8',
  WRONG_TYPE: 'FLT_INVALID_REQUEST',
  DUPLICATE_MEMBER: 'FLT_INVALID_REQUEST',
  TOO_LARGE: 'FLT_INVALID_REQUEST',
};

const TEXT_CODES: Readonly<Record<TextErrorCode, ProblemCode>> = {
  INVALID_UTF8: 'FLT_INVALID_UTF8',
  WORD_TOO_LONG: 'FLT_WORD_TOO_LONG',
  TOO_MANY_UNIQUE_WORDS: 'FLT_TOO_MANY_UNIQUE_WORDS',
};

/** What a body's reader or the text engine found wrong, in the catalogue's terms. Other errors stay as they are. */
export function asInputError(error: unknown): Error {
  if (error instanceof JsonError) return new FlotillaError(codeOf(error), sentence(error.message));
  if (error instanceof TextError) return new FlotillaError(TEXT_CODES[error.code], sentence(error.message));
  return error instanceof Error ? error : new Error('something that is no error was thrown');
}

/** A document that is no object at all has no shape that could be wrong. */
function codeOf({ code, path }: JsonError): ProblemCode {
  return code === 'WRONG_TYPE' && path === '' ? 'FLT_INVALID_JSON' : JSON_CODES[code];
}

function sentence(message: string): string {
  return message.endsWith('.') ? message : `${message}.`;
}
