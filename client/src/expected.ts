import { isDeepStrictEqual } from 'node:util';
import { TOP_WORDS } from '@flotilla/contracts';
import { Cleaner, renderReport, TextError, WordCounter } from '@flotilla/text';
import { type Answer, MAX_WORD_BYTES, tableLimits } from './answer.js';
import { ClientError } from './problems.js';

/** What a correct fleet answers about a text. */
export type Expected = Pick<Answer, 'wordCount' | 'report' | 'topWords'>;

/** The same, with what only some answers tell. */
export interface Counted extends Expected {
  readonly uniqueWords: number;
}

/**
 * Counts a text here, in one piece, with the library that the services use: what every answer is held against.
 *
 * @param text - UTF-8 in pieces.
 * @throws ClientError when a word is too long to be counted.
 */
export async function countLocally(text: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Counted> {
  const cleaner = new Cleaner({ maxHeldBytes: MAX_WORD_BYTES });
  const counter = new WordCounter(tableLimits);
  try {
    for await (const chunk of text) counter.write(cleaner.write(chunk));
    counter.write(cleaner.end());
    const table = counter.end();
    const topWords = table.top(TOP_WORDS);
    const { totalWords: wordCount, uniqueWords } = table;
    return { wordCount, uniqueWords, topWords, report: renderReport({ wordCount, uniqueWords, topWords }) };
  } catch (error) {
    throw error instanceof TextError ? new ClientError(`the text cannot be counted: ${error.message}`) : error;
  }
}

/** @throws ClientError that names what is wrong in an answer. */
export function requireExpected(answer: Expected, expected: Expected): void {
  if (answer.wordCount !== expected.wordCount) {
    throw new ClientError(`wrong answer: ${answer.wordCount} words instead of ${expected.wordCount}`);
  }
  if (!isDeepStrictEqual(answer.topWords, expected.topWords)) throw new ClientError('wrong answer: other top_words');
  if (answer.report !== expected.report) throw new ClientError('wrong answer: another report');
}
