/** What can be wrong with a text. */
export type TextErrorCode = 'INVALID_UTF8' | 'WORD_TOO_LONG' | 'TOO_MANY_UNIQUE_WORDS';

/** A text that the engine refuses. The message names the limit, and never quotes the text. */
export class TextError extends Error {
  override readonly name = 'TextError';
  readonly code: TextErrorCode;
  /** The value of the limit that was passed; absent where there is none. */
  readonly limit: number | undefined;

  constructor(code: TextErrorCode, message: string, limit?: number) {
    super(message);
    this.code = code;
    this.limit = limit;
  }
}

export function invalidUtf8(): TextError {
  return new TextError('INVALID_UTF8', 'The text is not valid UTF-8.');
}

export function wordTooLong(maxBytes: number): TextError {
  return new TextError('WORD_TOO_LONG', `A word is longer than the limit of ${maxBytes} bytes.`, maxBytes);
}

export function tooManyUniqueWords(maxWords: number): TextError {
  return new TextError(
    'TOO_MANY_UNIQUE_WORDS',
    `The text has more than the limit of ${maxWords} different words.`,
    maxWords,
  );
}
