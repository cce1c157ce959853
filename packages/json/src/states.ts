/** What the reader expects next. Up to `DONE` white space may come first; from `IN_NUMBER` on it is inside a token. */
export const START = 0;
export const KEY_OR_CLOSE = 1;
export const KEY = 2;
export const BEFORE_COLON = 3;
export const VALUE = 4;
export const VALUE_OR_CLOSE = 5;
export const AFTER_VALUE = 6;
export const DONE = 7;
export const IN_NUMBER = 8;
export const IN_LITERAL = 9;
/** A key that is unescaped, because it was cut or holds escapes. */
export const IN_KEY = 10;
/** From here on: strings that are passed as they stand. */
export const IN_SKIPPED_KEY = 11;
export const IN_SKIPPED = 12;
export const IN_RAW = 13;
export const IN_DECODED = 14;
