import { renderReport } from '@flotilla/text';
import { describe, expect, it } from 'vitest';

const wordLines = (report: string): string[] => report.trimEnd().split('\n').slice(8);

describe('renderReport', () => {
  it('shows totals, and the top ten with count and share', () => {
    const report = renderReport({
      wordCount: 1_234_567,
      uniqueWords: 45_678,
      topWords: [
        ['the', 61_728],
        ['москва', 999],
        ['中文', 1],
      ],
    });
    expect(report).toBe(`Word count report
=================

Total words:   1,234,567
Unique words:     45,678

Most frequent words

Rank   Count     Share  Word
   1  61,728    5.00 %  the
   2     999    0.08 %  москва
   3       1    0.00 %  中文
`);
  });

  it('shows ten words at most', () => {
    const topWords = Array.from({ length: 12 }, (_, i): [string, number] => [`w${i}`, 12 - i]);
    expect(wordLines(renderReport({ wordCount: 78, uniqueWords: 12, topWords }))).toHaveLength(11);
  });

  it('says so when there are no words', () => {
    const report = renderReport({ wordCount: 0, uniqueWords: 0, topWords: [] });
    expect(report).toContain('Total words:   0');
    expect(report).toContain('The text has no words.');
    expect(report).not.toContain('NaN');
  });

  it('shows 100 % for the only word', () => {
    expect(renderReport({ wordCount: 3, uniqueWords: 1, topWords: [['a', 3]] })).toContain('100.00 %  a');
  });

  it('keeps its lines whatever the words are', () => {
    const words = ['x'.repeat(1024 * 1024), '\u0301'.repeat(1_000), 'line\u001b[31m\u202eback', '😀'.repeat(100)];
    const report = renderReport({ wordCount: 4, uniqueWords: 4, topWords: words.map((word) => [word, 1]) });
    const lines = wordLines(report).slice(1);
    expect(lines).toHaveLength(4);
    for (const line of lines) expect([...line].length).toBeLessThan(80);
    expect(lines[0]).toMatch(/x…$/);
    expect(lines[1]).toContain('◌\u0301');
    expect(lines[2]).toMatch(/line\ufffd\[31m\ufffdback$/);
  });
});
