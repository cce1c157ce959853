import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cuts, documents, writeDocument } from './documents.js';
import { bytesOf, cutAt, everyByte, type Found, read } from './reading.js';

interface Parsed {
  text?: string;
  said?: string;
  request_id?: unknown;
  analysis?: { word_count?: unknown; word_frequencies?: Record<string, number>; inner?: { note?: string } };
}

const sorted = (entries: [string, number][]) => entries.map((entry) => JSON.stringify(entry)).sort();

/** What JSON.parse finds, said as the reader says it: lone surrogates as U+FFFD. */
function expectSame(found: Found, document: string): void {
  const parsed = JSON.parse(document) as Parsed;
  const { analysis } = parsed;
  expect(found.said).toBe(parsed.said?.toWellFormed());
  expect(found.raw === undefined ? undefined : JSON.parse(`"${found.raw}"`)).toBe(parsed.text);
  expect(found.requestId).toEqual(parsed.request_id);
  expect(found.wordCount).toEqual(analysis?.word_count);
  expect(found.note).toBe(analysis?.inner?.note?.toWellFormed());
  const table = analysis?.word_frequencies;
  const entries = table && Object.entries(table).map(([key, count]): [string, number] => [key.toWellFormed(), count]);
  expect(found.counts && sorted(found.counts)).toEqual(entries && sorted(entries));
}

describe('against JSON.parse', () => {
  it('finds the same values, however the document is written and cut', () => {
    fc.assert(
      fc.property(documents, fc.nat(), cuts, (value, seed, places) => {
        const document = writeDocument(value, seed);
        expectSame(read(cutAt(bytesOf(document), places)), document);
      }),
      { numRuns: 2500 },
    );
  });

  it('finds the same values byte by byte, and tells them in the same order', () => {
    fc.assert(
      fc.property(documents, fc.nat(), (value, seed) => {
        const document = writeDocument(value, seed);
        const found = read(everyByte(bytesOf(document)));
        expectSame(found, document);
        expect(found).toEqual(read([bytesOf(document)]));
      }),
      { numRuns: 500 },
    );
  });

  it('takes one byte order mark', () => {
    fc.assert(
      fc.property(documents, fc.nat(), cuts, (value, seed, places) => {
        const document = writeDocument(value, seed);
        expectSame(read(cutAt(bytesOf(`\ufeff${document}`), places)), document);
      }),
      { numRuns: 200 },
    );
  });
});
