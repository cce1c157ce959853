/** A field's tag and a length below 128, or its tag and a bool. */
const FIELD_HEAD_BYTES = 2;
const FLAG_BYTES = 2;
const MAX_SHORT_LENGTH = 127;

/** What is known when a text begins. */
export interface BeforeText {
  /** What the message has behind the text; undefined: that is not known. */
  readonly restBytes: number | undefined;
  /** The id that the call's head brought. */
  readonly requestId: string;
  /** What the flag is so far. */
  readonly flag: boolean;
}

/**
 * What the flag behind a text will be, as far as the length of what is there lets tell: callers write fields in the order of
 * their numbers, a flag that is false not at all, and mostly the same id as in the head. A guess, unless nothing is there.
 *
 * @returns Undefined if nothing can be told.
 */
export function predictTrailingFlag({ restBytes, requestId, flag }: BeforeText): boolean | undefined {
  if (restBytes === 0) return flag;
  if (restBytes === FLAG_BYTES) return true;
  if (restBytes === undefined || requestId.length > MAX_SHORT_LENGTH) return undefined;
  const idBytes = FIELD_HEAD_BYTES + requestId.length;
  if (restBytes === idBytes) return flag;
  return restBytes === idBytes + FLAG_BYTES ? true : undefined;
}
