import fc from 'fast-check';

/** Every character that `\s` of ECMAScript matches. */
export const WHITE_SPACE = [
  ...'\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff',
];

/** Pieces that are likely to be cut or cleaned in the wrong way. */
const PIECES = [
  ...'aAbZ9"\\\u0000\u001b\'-.,!éÇΑΣσİß漢字🐟\u0301\u0085\u180e\u200b\u200d\ufe0f\u20e3❤',
  "don't",
  'Σίσυφος',
  'the',
  'The',
];

/** A text of words, white space of every kind, and what stands between. */
export const anyText: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.constantFrom(...WHITE_SPACE)), { maxLength: 120 })
  .map((pieces) => pieces.join(''));
