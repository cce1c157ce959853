import { TOP_WORDS } from '@flotilla/contracts';
import { renderReport } from '@flotilla/text';
import { readAnswer } from '../../client/dist/answer.js';
import { type Expected, requireExpected } from '../../client/dist/expected.js';
import { mergeTables } from '../../client/dist/merge.js';
import type { KnownPart } from './known-file.ts';

/**
 * Holds the answers about the parts of a text against what is right; with tables, their sum against the whole text.
 *
 * @throws ClientError that names what is wrong.
 */
export async function checkAnswers(
  answers: readonly Uint8Array[],
  parts: readonly KnownPart[],
  whole: Expected,
  hasTables: boolean,
): Promise<void> {
  const read = await Promise.all(
    answers.map((answer) => readAnswer({ headers: {}, body: inOnePiece(answer) }, hasTables)),
  );
  for (const [index, { expected }] of parts.entries()) requireExpected(read[index] as Expected, expected);
  if (!hasTables) return;
  const table = mergeTables(read.flatMap((each) => each.table ?? []));
  const topWords = table.top(TOP_WORDS);
  const { totalWords: wordCount, uniqueWords } = table;
  requireExpected({ wordCount, topWords, report: renderReport({ wordCount, uniqueWords, topWords }) }, whole);
}

async function* inOnePiece(answer: Uint8Array): AsyncGenerator<Uint8Array> {
  yield answer;
}
