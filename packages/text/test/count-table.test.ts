import { CountTable, finish, renderReport } from '@flotilla/text';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { text } from './support/arbitraries.js';
import { cleanBytes, count, json, utf8 } from './support/engine.js';
import { countNaively, jsonNaively, topNaively } from './support/oracle.js';

/** More than one index holds before it is cut into shards, so that every way of growing is walked. */
const MANY_WORDS = 700_000;

const addWord = (table: CountTable, word: string, times: number): void => {
  const bytes = utf8(word);
  table.add(bytes, 0, bytes.length, times);
};

const report = (table: CountTable): string =>
  renderReport({ wordCount: table.totalWords, uniqueWords: table.uniqueWords, topWords: table.top(10) });

function manyWords(): Map<string, number> {
  const words = new Map<string, number>();
  for (let i = 0; i < MANY_WORDS; i++) words.set(i % 3 === 0 ? `verylongword${i}` : i.toString(36), 1 + (i % 7));
  return words;
}

describe('CountTable', () => {
  it('merges the parts of a text, cut between words, into the table of the whole', () => {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 8 }), fc.boolean(), (parts, useSeeds) => {
        const tables = parts.map((part, i) => count([cleanBytes([utf8(part)])], useSeeds ? { seed: i } : {}));
        const merged = new CountTable();
        for (const table of tables) merged.merge(table);
        const whole = count([cleanBytes([utf8(parts.join('\n'))])]);
        expect(json(merged)).toBe(json(whole));
        expect(report(merged)).toBe(report(whole));
        expect(merged.totalWords).toBe(whole.totalWords);
      }),
      { numRuns: 500 },
    );
  });

  it('gives out the same whatever the seed', () => {
    const source = utf8('the quick brown fox and the lazy dog, internationalisation and internationalism '.repeat(5));
    const outputs = [0, 1, -1, 0x7fffffff].map((seed) => json(count([source], { seed })));
    expect(new Set(outputs).size).toBe(1);
  });

  it('grows to many words, and agrees with a Map', () => {
    const expected = manyWords();
    const added = new CountTable();
    for (const [word, times] of expected) addWord(added, word, times);
    expect(added.uniqueWords).toBe(MANY_WORDS);
    expect(json(added) === jsonNaively(expected)).toBe(true);
    expect(added.top(20)).toEqual(topNaively(expected, 20));

    const counted = count([utf8([...expected].map(([word, times]) => `${word} `.repeat(times)).join(''))]);
    expect(json(counted) === jsonNaively(expected)).toBe(true);

    added.merge(counted);
    expect(added.uniqueWords).toBe(MANY_WORDS);
    expect(added.totalWords).toBe(2 * counted.totalWords);
  });

  it('merges a table into itself', () => {
    const table = count([utf8('a b a')]);
    table.merge(table);
    expect([...table.entries()]).toEqual([
      ['a', 4],
      ['b', 2],
    ]);
  });

  it('orders ties by code points, not by UTF-16 units', () => {
    // In UTF-16 an astral letter (a surrogate from U+D800) sorts before U+FB01; by code point it comes after.
    const words = ['𐐨', 'ﬁ', 'z', 'a', 'é', 'abcdefghij', 'abcdefgh', 'abcdefghii', '中'];
    const table = count([utf8(words.join(' '))]);
    expect(table.top(99).map(([word]) => word)).toEqual([
      'a',
      'abcdefgh',
      'abcdefghii',
      'abcdefghij',
      'z',
      'é',
      '中',
      'ﬁ',
      '𐐨',
    ]);
  });

  it('gives as many top words as there are, and none for 0', () => {
    const table = count([utf8('b a a')]);
    expect(table.top(0)).toEqual([]);
    expect(table.top(1)).toEqual([['a', 2]]);
    expect(table.top(1_000)).toEqual([
      ['a', 2],
      ['b', 1],
    ]);
  });

  it('adds counts beyond 2^32', () => {
    const table = new CountTable();
    addWord(table, 'many', 2 ** 40);
    addWord(table, 'many', 2 ** 33 + 1);
    expect(table.totalWords).toBe(2 ** 40 + 2 ** 33 + 1);
    expect(json(table)).toBe(`{"many":${2 ** 40 + 2 ** 33 + 1}}`);
    addWord(table, 'most', Number.MAX_SAFE_INTEGER);
    expect(table.top(1)).toEqual([['most', Number.MAX_SAFE_INTEGER]]);
  });

  it('applies its limits when merging', () => {
    const source = count([utf8('one two three')]);
    expect(() => new CountTable({ maxUniqueWords: 2 }).merge(source)).toThrow(
      expect.objectContaining({ code: 'TOO_MANY_UNIQUE_WORDS', limit: 2 }),
    );
    expect(() => new CountTable({ maxWordBytes: 4 }).merge(source)).toThrow(
      expect.objectContaining({ code: 'WORD_TOO_LONG', limit: 4 }),
    );
  });

  it('escapes what JSON needs escaped, as JSON.stringify does', () => {
    const controls = Array.from({ length: 0x80 }, (_, i) => String.fromCharCode(i)).filter((c) => /\S/.test(c));
    const words = [...controls, 'say"so"', 'back\\slash', '__proto__', '7', '\u{1f600}'];
    expect(json(count([utf8(words.join(' '))]))).toBe(jsonNaively(countNaively(words.join(' '))));
  });

  it('cuts JSON into pieces of at most 64 KiB, whatever the words', () => {
    const words = ['"'.repeat(200_000), 'x'.repeat(1024 * 1024), ...Array.from({ length: 20_000 }, (_, i) => `w${i}`)];
    const pieces = [...count([utf8(words.join(' '))]).toJson()];
    expect(Math.max(...pieces.map((chunk) => chunk.length))).toBeLessThanOrEqual(64 * 1024);
    const parsed = JSON.parse(Buffer.concat(pieces).toString()) as Record<string, number>;
    expect(Object.keys(parsed)).toEqual(words);
  });

  it('works in slices that come to the same', () => {
    const words = Array.from({ length: 50_000 }, (_, i) => `w${i % 40_000}`).join(' ');
    const source = count([utf8(words)]);
    const slicesOfTop = source.topSlices(5);
    let pauses = 0;
    while (slicesOfTop.next().done !== true) pauses++;
    expect(pauses).toBeGreaterThan(1);
    expect(finish(source.topSlices(5))).toEqual(source.top(5));

    const merged = new CountTable();
    expect([...merged.mergeSlices(source)].length).toBeGreaterThan(1);
    expect(json(merged)).toBe(json(source));
  });
});
