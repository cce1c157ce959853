import { WordCounter } from '@flotilla/text';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cuts, text } from './support/arbitraries.js';
import { cleanBytes, count, cut, json, utf8 } from './support/engine.js';
import { cleanNaively, countNaively, jsonNaively, topNaively } from './support/oracle.js';

const RUNS = 2_000;

describe('WordCounter', () => {
  it('counts uncleaned text as splitting on \\s does, in any pieces', () => {
    fc.assert(
      fc.property(text, cuts, (source, fractions) => {
        const table = count(cut(utf8(source), fractions));
        const expected = countNaively(source);
        expect(json(table)).toBe(jsonNaively(expected));
        expect(table.top(10)).toEqual(topNaively(expected, 10));
        expect(table.uniqueWords).toBe(expected.size);
        expect(table.totalWords).toBe([...expected.values()].reduce((sum, n) => sum + n, 0));
      }),
      { numRuns: RUNS },
    );
  });

  it('counts cleaned text, the pieces of the cleaner passed on as they come', () => {
    fc.assert(
      fc.property(text, cuts, (source, fractions) => {
        const table = count([cleanBytes(cut(utf8(source), fractions))]);
        expect(json(table)).toBe(jsonNaively(countNaively(cleanNaively(source))));
      }),
      { numRuns: RUNS / 2 },
    );
  });

  it('splits at every code point that is white space, and at no other', () => {
    const codePoints = Array.from({ length: 0x110000 }, (_, i) => i).filter((c) => c < 0xd800 || c > 0xdfff);
    const source = codePoints.map((c) => `a${String.fromCodePoint(c)}b`).join('\n');
    const expected = source.split(/\s+/u);
    const table = count([utf8(source)]);
    expect(table.totalWords).toBe(expected.length);
    expect(table.uniqueWords).toBe(new Set(expected).size);
    const spaces = expected.length - codePoints.length;
    expect(table.top(3).map(([, n]) => n)).toEqual([spaces, spaces, 1]);
  });

  it('keeps words apart that differ only in length, in NUL bytes, or behind the eighth byte', () => {
    const words = [
      'a',
      'a\0',
      'a\0\0',
      'abcdefgh',
      'abcdefgh\0',
      'abcdefghi',
      'abcdefghj',
      'abcdefghij',
      'abcd',
      'abcde',
    ];
    const source = words.flatMap((word, i) => new Array<string>(i + 1).fill(word)).join(' ');
    expect([...count([utf8(source)]).entries()]).toEqual(words.map((word, i) => [word, i + 1]));
  });

  it('counts a word of a megabyte, cut anywhere', () => {
    const word = 'é'.repeat(512 * 1024);
    const table = count(cut(utf8(`${word} ${word}`), [0.1, 0.33, 0.49999, 0.5, 0.7]));
    expect(table.uniqueWords).toBe(1);
    expect(table.totalWords).toBe(2);
    expect(table.top(1)[0]?.[0]).toBe(word);
  });

  it.each([
    ['within a piece', [0]],
    ['across pieces', [0.2, 0.4, 0.6, 0.8]],
  ])('refuses a word over the limit %s', (_, fractions) => {
    const options = { maxWordBytes: 20 };
    expect(count(cut(utf8('a '.repeat(10) + 'x'.repeat(20) + ' b'.repeat(10)), fractions), options).totalWords).toBe(
      21,
    );
    expect(() => count(cut(utf8('a '.repeat(10) + 'x'.repeat(21) + ' b'.repeat(10)), fractions), options)).toThrow(
      expect.objectContaining({ code: 'WORD_TOO_LONG', limit: 20, message: expect.stringContaining('20 bytes') }),
    );
  });

  it('applies the limit to words shorter than a key, and at the end of the text', () => {
    const refusal = expect.objectContaining({ code: 'WORD_TOO_LONG', limit: 3 });
    expect(() => count([utf8(`abcd${' e'.repeat(20)}`)], { maxWordBytes: 3 })).toThrow(refusal);
    expect(() => count([utf8('abcd')], { maxWordBytes: 3 })).toThrow(refusal);
    expect(count([utf8('abc '.repeat(20))], { maxWordBytes: 3 }).totalWords).toBe(20);
  });

  it('refuses more different words than the limit', () => {
    const words = Array.from({ length: 101 }, (_, i) => `w${i}`);
    const options = { maxUniqueWords: 100 };
    expect(count([utf8(words.slice(0, 100).join(' '))], options).uniqueWords).toBe(100);
    expect(() => count([utf8(words.join(' '))], options)).toThrow(
      expect.objectContaining({ code: 'TOO_MANY_UNIQUE_WORDS', limit: 100, message: expect.stringContaining('100') }),
    );
  });

  it('tells the memory of what it counted: 32 bytes a word, and the bytes of long ones', () => {
    const counter = new WordCounter();
    const before = counter.heldBytes;
    const words = Array.from({ length: 10_000 }, (_, i) => `a-long-word-number-${i}`).join(' ');
    counter.write(utf8(words));
    expect(counter.heldBytes - before).toBeGreaterThan(10_000 * 32 + words.length - 10_000);
    expect(counter.heldBytes - before).toBeLessThan(2_000_000);
    const held = counter.heldBytes;
    counter.write(utf8(` ${words}`));
    expect(counter.end().heldBytes).toBe(held);
  });

  it('never quotes the text in an error', () => {
    expect(() => count([utf8('secretsecret')], { maxWordBytes: 3 })).toThrow(/^(?!.*secret)/);
  });

  it('refuses limits that make no sense', () => {
    expect(() => new WordCounter({ maxWordBytes: 0 })).toThrow(RangeError);
    expect(() => new WordCounter({ maxUniqueWords: 1.5 })).toThrow(RangeError);
    expect(() => new WordCounter({ maxUniqueWords: 2 ** 25 })).toThrow(/33000000/);
    expect(() => new WordCounter({ maxWords: 3 } as object)).toThrow(/maxWords/);
  });

  it('has nothing to say about an empty or blank text', () => {
    for (const source of ['', ' ', '\u3000\n\t']) {
      const table = count([utf8(source)]);
      expect([table.totalWords, table.uniqueWords, table.top(10), json(table)]).toEqual([0, 0, [], '{}']);
    }
  });
});
