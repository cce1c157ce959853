import { Cleaner, TextError } from '@flotilla/text';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cuts, markedText, text } from './support/arbitraries.js';
import { cleanBytes, cleanText, cut, utf8 } from './support/engine.js';
import { cleanByExpressions, cleanNaively } from './support/oracle.js';

const RUNS = 3_000;
const isSurrogate = (codePoint: number): boolean => codePoint >= 0xd800 && codePoint <= 0xdfff;

function* allCodePoints(): Generator<string> {
  for (let codePoint = 0; codePoint <= 0x10ffff; codePoint++) {
    if (!isSurrogate(codePoint)) yield String.fromCodePoint(codePoint);
  }
}

describe('Cleaner', () => {
  it('agrees with the regular expressions on any text in any pieces', () => {
    fc.assert(
      fc.property(text, cuts, (source, fractions) => {
        expect(cleanBytes(cut(utf8(source), fractions)).toString()).toBe(cleanNaively(source));
      }),
      { numRuns: RUNS },
    );
  });

  it('agrees when every byte comes alone', () => {
    fc.assert(
      fc.property(text, (source) => {
        const bytes = utf8(source);
        const pieces = Array.from(bytes, (_, i) => bytes.subarray(i, i + 1));
        expect(cleanBytes(pieces).toString()).toBe(cleanNaively(source));
      }),
      { numRuns: RUNS / 5 },
    );
  });

  it('agrees on texts that are mostly marks, format characters and emoji, in any pieces', () => {
    fc.assert(
      fc.property(markedText, cuts, (source, fractions) => {
        expect(cleanBytes(cut(utf8(source), fractions)).toString()).toBe(cleanNaively(source));
        expect(cleanByExpressions(source)).toBe(cleanNaively(source));
      }),
      { numRuns: RUNS },
    );
  });

  it('agrees on every code point of Unicode, before a mark and between one and a letter', () => {
    const all = [...allCodePoints()].map((c) => `a${c}\u0301 a${c}\u200d\u0301b\u0301`).join('\n');
    expect(cleanBytes([utf8(all)]).equals(utf8(cleanNaively(all)))).toBe(true);
  });

  it.each([
    ['a mark that stands on nothing', '❤️ love ❤️', ' love '],
    ['a mark at the beginning', '\u0301a', 'a'],
    ['a mark behind white space, U+FEFF too', 'a \u0301b\ufeff\u0301c', 'a b c'],
    ['a mark behind what is dropped, many of them', "a'\u0301\u0302\ufe0fb", 'ab'],
    ['a mark of a letter', 'e\u0301', 'e\u0301'],
    ['a mark behind a mark of a number', '1\ufe0f\u20e3', '1\ufe0f\u20e3'],
    ['a keycap whose key is dropped', '#\ufe0f\u20e3', ''],
    ['a mark that looks through a format character', '\u09b0\u200d\u09cd\u09af', '\u09b0\u09cd\u09af'],
    ['a mark that looks through one to what is dropped', 'a-\u200d\u0301', 'a'],
    ['a mark behind a format character alone', '\u200d\u0301', ''],
    ['skin tones and joiners', '👩🏽\u200d❤\ufe0f\u200d👨', ''],
    ['a sigma whose context is dropped', 'ΑΣ\u2764\ufe0f Σ\ufe0f', 'ας σ\ufe0f'],
    ['a sigma behind a mark that is dropped', "Α'\u0301Σ", 'ας'],
    ['a capital I with dot, and more marks', 'İ\u0301', 'i\u0307\u0301'],
  ])('knows what a mark belongs to: %s', (_, source, cleaned) => {
    expect(cleanNaively(source)).toBe(cleaned);
    expect(cleanText(source)).toBe(cleaned);
    const single = Array.from(utf8(source), (byte) => Uint8Array.of(byte));
    expect(cleanBytes(single).toString()).toBe(cleaned);
  });

  it('agrees on every code point of Unicode, alone', () => {
    const all = [...allCodePoints()].join(' ');
    expect(cleanText(all)).toBe(cleanNaively(all));
  });

  it('agrees on every code point as the context of a capital sigma', () => {
    // Caseless letters and unassigned code points, a million of them, are all the same to a sigma: some will do.
    const matters = [...allCodePoints()].filter(
      (c, i) => i % 97 === 0 || !/[[\p{Lo}\p{Cn}\p{Co}]--\p{Cased}--\p{CI}]/v.test(c),
    );
    expect(matters.length).toBeGreaterThan(15_000);
    // A row per code point: before a sigma behind a letter, before one behind none, and behind one.
    const all = matters.map((c) => `A${c}Σ 1${c}Σ 1Σ AΣ${c}A AΣ${c}1`).join('\n');
    expect(cleanBytes([utf8(all)]).equals(utf8(cleanNaively(all)))).toBe(true);
  });

  it('folds white space after dropping, and trims nothing', () => {
    expect(cleanText('a - b')).toBe('a b');
    expect(cleanText("  Don't\n\n\tWELL-known!  ")).toBe(' dont wellknown ');
    expect(cleanText('a\u00a0\u3000\ufeff\u2028b')).toBe('a b');
    expect(cleanText('')).toBe('');
  });

  it('lower-cases with the full mapping', () => {
    expect(cleanText('İK ΣΑΣ ẞ')).toBe('i\u0307k σας ß');
  });

  it('waits for what follows a sigma, however far it is and however it is cut', () => {
    const ignorable = "'\u0301.".repeat(50_000);
    for (const [tail, sigma] of [
      ['Α', 'σ'],
      [' ', 'ς'],
      ['', 'ς'],
    ] as const) {
      const source = `ΑΣ${ignorable}${tail}`;
      const cleaned = cleanBytes(cut(utf8(source), [0.1, 0.2, 0.3, 0.31, 0.9, 0.999])).toString();
      expect(cleaned.slice(0, 2)).toBe(`α${sigma}`);
      expect(cleaned).toBe(cleanNaively(source));
    }
  });

  it('holds nothing back when what follows a sigma is dropped', () => {
    const cleaner = new Cleaner({ maxHeldBytes: 2 });
    expect(Buffer.from(cleaner.write(utf8('ΑΣ'))).toString()).toBe('α');
    for (let i = 0; i < 1_000; i++) expect(cleaner.write(utf8("'.:".repeat(100)))).toHaveLength(0);
    expect(Buffer.from(cleaner.end()).toString()).toBe('ς');
  });

  it('refuses to hold back more than its limit, and says which', () => {
    const cleaner = new Cleaner({ maxHeldBytes: 100 });
    cleaner.write(utf8(`ΑΣ${'\u0301'.repeat(49)}`));
    const write = (): unknown => cleaner.write(utf8('\u0301'));
    expect(write).toThrow(TextError);
    expect(write).toThrow(expect.objectContaining({ code: 'WORD_TOO_LONG', limit: 100 }));
    expect(write).toThrow(/100 bytes/);
  });

  it('returns memory that later writes leave alone', () => {
    const cleaner = new Cleaner();
    const first = cleaner.write(utf8('first '));
    cleaner.write(utf8('SECOND'));
    expect(Buffer.from(first).toString()).toBe('first ');
  });

  it('counts code points before and after', () => {
    fc.assert(
      fc.property(text, cuts, (source, fractions) => {
        const cleaner = new Cleaner();
        for (const chunk of cut(utf8(source), fractions)) cleaner.write(chunk);
        cleaner.end();
        // fast-check's binary units hold no lone surrogates, so iteration counts code points.
        expect(cleaner.originalCodePoints).toBe([...source].length);
        expect(cleaner.cleanedCodePoints).toBe([...cleanNaively(source)].length);
      }),
      { numRuns: RUNS / 5 },
    );
  });

  it('takes pieces of Buffers that share memory, and megabytes at once', () => {
    const source = 'Ünïted WORDS, and ΣΟΦΟΣ; '.repeat(100_000);
    expect(cleanBytes([Buffer.from(`xx${source}`).subarray(2)]).equals(utf8(cleanNaively(source)))).toBe(true);
  });

  it('refuses limits that make no sense', () => {
    expect(() => new Cleaner({ maxHeldBytes: 0 })).toThrow(RangeError);
  });
});
