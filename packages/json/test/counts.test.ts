import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { counts, cuts, Members, writeDocument } from './documents.js';
import { bytesOf, cutAt, everyByte, read } from './reading.js';

describe('counts', () => {
  it('arrive as they were written, in their order, whatever the words and the cuts', () => {
    fc.assert(
      fc.property(counts, fc.nat(), cuts, (list, seed, places) => {
        const table = new Members([['word_frequencies', new Members(list)]]);
        const bytes = bytesOf(writeDocument(new Members([['analysis', table]]), seed));
        const wanted = list.map(([word, count]) => [word.toWellFormed(), count]);
        expect(read([bytes]).counts).toEqual(wanted);
        expect(read(cutAt(bytes, places)).counts).toEqual(wanted);
        expect(read(everyByte(bytes)).counts).toEqual(wanted);
      }),
      { numRuns: 1000 },
    );
  });

  it('hand out a word given twice twice', () => {
    const bytes = bytesOf('{"analysis":{"word_frequencies":{"a":1,"\\u0061":2,"a":3}}}');
    const wanted = [1, 2, 3].map((count) => ['a', count]);
    expect(read([bytes]).counts).toEqual(wanted);
    expect(read(everyByte(bytes)).counts).toEqual(wanted);
  });
});
