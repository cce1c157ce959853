import fc from 'fast-check';

const oneOf = (characters: string): fc.Arbitrary<string> => fc.constantFrom(...characters);

/** Marks: one of each category, a spacing one, a keycap, variation selectors. */
const marks = oneOf('\u0301\u093e\u09cd\u20e3\ufe0f\ufe0f\u{e0100}\u{1d165}');
/** What marks look through, and U+FEFF, which is white space first. */
const formats = oneOf('\u200d\u200d\u200c\u00ad\u0600\u2060\u061c\u{e0067}\ufeff');

/** Every character that matters to some rule, each kind with a weight, so that short texts already meet several. */
const character = fc.oneof(
  { weight: 8, arbitrary: oneOf('abcxyzABCXYZ0189') },
  { weight: 4, arbitrary: oneOf(' \t\n\v\f\r') },
  { weight: 4, arbitrary: oneOf('\'.,:;-_^`"!?()[]{}@#&*+=<>/\\|~$%\u0000\u001f\u007f') },
  // Sigmas, Greek letters, and what Final_Sigma looks through.
  { weight: 8, arbitrary: oneOf('ΣΣΣΣσςΑαΩω') },
  { weight: 5, arbitrary: oneOf("'.:^`·\u00ad\u0300\u0301\u0345\u200b\u200d\u2019ʰˢᴬ\u{1d165}\u{e0001}") },
  // Lower case that grows, shrinks, or is two code points.
  { weight: 3, arbitrary: oneOf('İıKÅΩẞßȺȾⱥǅǆÇÉ') },
  { weight: 3, arbitrary: oneOf('\u00a0\u1680\u2000\u2003\u200a\u2028\u2029\u202f\u205f\u3000\ufeff') },
  // Letters, digits and marks of other scripts, some of them astral.
  { weight: 4, arbitrary: oneOf('жЖщЩאבעربहि中文字日本かなㄱ한٣४๕Ⅷ²½\u20dd') },
  { weight: 3, arbitrary: oneOf('𐐀𐐨𝐀𝔸𝟘𠀀𞤀𞤢\u{1f130}') },
  { weight: 2, arbitrary: oneOf('😀👩\u200d🚀“”—…€→Ⓐⓐ\u2060\u180e\u0085\ue000\u{10ffff}') },
  { weight: 6, arbitrary: marks },
  { weight: 3, arbitrary: formats },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }) },
);

/** What people write with marks and joiners in it. */
const sequence = fc.constantFrom(
  ...['❤️', '1️⃣', '#️⃣', '👍🏽', '👩🏽‍🚀', '👩‍❤️‍👨', '🏳️‍🌈', '🏴\u{e0067}\u{e0062}\u{e007f}', '🇩🇪', '☎︎', '葛\u{e0100}'],
  ...['e\u0301', 'İ\u0301', '\u0301e', '-\u0301', ' \u0301', 'র‍্য', 'क्षि', 'ที่', 'مُحَمَّد', 'שָׁלוֹם', 'Σ\u0301Α'],
);

/** Long plain stretches too: the fast lanes only open on those. */
const stretch = fc.oneof(
  { weight: 6, arbitrary: character },
  { weight: 2, arbitrary: sequence },
  { weight: 2, arbitrary: fc.string({ unit: oneOf('abcdefgHIJ  , '), minLength: 20, maxLength: 90 }) },
  { weight: 1, arbitrary: fc.string({ unit: oneOf('αβγδΣς '), minLength: 10, maxLength: 40 }) },
  { weight: 1, arbitrary: fc.string({ unit: oneOf("'\u0301\u00ad."), minLength: 5, maxLength: 40 }) },
);

/** Of any length up to the longest; by default fast-check hardly leaves ten elements. */
export const text = fc.array(stretch, { maxLength: 40, size: 'max' }).map((parts) => parts.join(''));

/** Hardly anything but what decides about marks. */
export const markedText = fc
  .array(fc.oneof(marks, formats, sequence, oneOf('aΑΣ1ا中 \n-©😀🏽\u0085')), { maxLength: 60, size: 'max' })
  .map((parts) => parts.join(''));

/** Where to cut: fractions of the length, from none to many. */
export const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12, size: 'max' });

/** Bytes that are almost UTF-8: valid text with some bytes changed, dropped or added. */
export const brokenUtf8 = fc
  .tuple(
    fc.string({ unit: character, minLength: 1, maxLength: 12 }),
    fc.array(
      fc.tuple(
        fc.nat(),
        fc.constantFrom(0x80, 0xbf, 0xc0, 0xc1, 0xc2, 0xe0, 0x9f, 0xa0, 0xed, 0xf0, 0x8f, 0x90, 0xf4, 0xf5, 0xff, 0x41),
        fc.nat(2),
      ),
      { minLength: 1, maxLength: 3 },
    ),
  )
  .map(([start, edits]) => {
    const bytes = [...new TextEncoder().encode(start)];
    for (const [place, byte, kind] of edits)
      bytes.splice(place % (bytes.length + 1), kind === 0 ? 0 : 1, ...(kind === 2 ? [] : [byte]));
    return Uint8Array.from(bytes);
  });
