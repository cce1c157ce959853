import { renderReport } from '@flotilla/text';

/** The contract's words, by the contract's own sentences. */
export function naiveCount(text: string): Map<string, number> {
  const cleaned = text
    .toLowerCase()
    // Marks that stand on nothing: those behind the beginning, white space, or what is dropped.
    .replace(/(^|\s|[^\p{L}\p{M}\p{N}\p{Cf}])[[\p{M}\p{Cf}]--\s]+/gv, '$1')
    .replace(/[^\p{L}\p{M}\p{N}\s]/gu, '');
  const table = new Map<string, number>();
  for (const word of cleaned.split(/\s+/)) if (word) table.set(word, (table.get(word) ?? 0) + 1);
  return table;
}

export interface NaiveAnalysis {
  readonly word_count: number;
  readonly unique_words: number;
  readonly top_words: readonly (readonly [string, number])[];
}

export function naiveAnalysis(table: Map<string, number>): NaiveAnalysis {
  const byCodePoints = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
  const sorted = [...table].toSorted(([a, m], [b, n]) => n - m || byCodePoints(a, b));
  return {
    word_count: [...table.values()].reduce((total, count) => total + count, 0),
    unique_words: table.size,
    top_words: sorted.slice(0, 10),
  };
}

/** The report that the fake fleet writes about a text. */
export function naiveReport(text: string): string {
  return reportAnswer(naiveAnalysis(naiveCount(text))).report;
}

export function reportAnswer({ word_count, unique_words, top_words }: NaiveAnalysis) {
  const report = renderReport({ wordCount: word_count, uniqueWords: unique_words, topWords: top_words });
  return { status: 'success', message: 'done', word_count, report, top_words };
}
