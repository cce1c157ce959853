/** Why a document was refused. Stable: services map these onto their own catalogue. */
export type JsonErrorCode =
  | 'SYNTAX'
  | 'INCOMPLETE'
  | 'INVALID_UTF8'
  | 'WRONG_TYPE'
  | 'DUPLICATE_MEMBER'
  | 'TOO_DEEP'
  | 'TOO_LARGE';

const MEANING: Record<JsonErrorCode, string> = {
  SYNTAX: 'not valid JSON',
  INCOMPLETE: 'the JSON document ends too early',
  INVALID_UTF8: 'not valid UTF-8',
  WRONG_TYPE: 'a value of another type',
  DUPLICATE_MEMBER: 'a member given twice',
  TOO_DEEP: 'nested too deeply',
  TOO_LARGE: 'a value or a key over its limit',
};

/**
 * A document that was refused. The message says where and why, and never quotes the document, so that it can be
 * logged and sent to clients whatever the document holds. The same document gives the same error however it was cut
 * into chunks.
 */
export class JsonError extends Error {
  override readonly name = 'JsonError';
  readonly code: JsonErrorCode;
  /** Innermost declared member that holds the error (`text`, `analysis.word_count`); `''` is the top level. */
  readonly path: string;
  /** Bytes before the error, counted from the first byte of the document, a byte order mark included. */
  readonly offset: number;
  /** What a WRONG_TYPE member should have been; absent for the other codes. */
  readonly expected?: string;

  /**
   * @param code why
   * @param path declared member, dotted
   * @param offset bytes from the start of the document
   * @param expected the type that was wanted, for WRONG_TYPE
   */
  constructor(code: JsonErrorCode, path: string, offset: number, expected?: string) {
    const where = path === '' ? '' : ` in "${path}"`;
    const wanted = expected === undefined ? '' : `, expected ${expected}`;
    super(`${MEANING[code]}${wanted}${where}, at byte ${offset}`);
    this.code = code;
    this.path = path;
    this.offset = offset;
    if (expected !== undefined) this.expected = expected;
  }
}
