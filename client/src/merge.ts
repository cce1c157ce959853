import { TOP_WORDS } from '@flotilla/contracts';
import { CountTable } from '@flotilla/text';
import { tableLimits } from './answer.js';
import { type Sender, send } from './send.js';
import type { Target } from './target.js';

/** Adds up the tables of chunks, in the order of the chunks. Sums of counts are exact in any order. */
export function mergeTables(tables: readonly CountTable[]): CountTable {
  const [first = new CountTable(tableLimits), ...others] = tables;
  for (const other of others) first.merge(other);
  return first;
}

/**
 * Has stage 4 write the report of a merged table, so that it is the same text as that of the file sent whole.
 *
 * @param target - The route of stage 4.
 * @throws NoAnswerError or RefusedError when there is no report to be had.
 */
export async function fetchReport(
  target: Target,
  table: CountTable,
  requestId: string,
  sender: Sender,
): Promise<string> {
  const { totalWords: wordCount, uniqueWords } = table;
  const counts = { wordCount, uniqueWords, topWords: table.top(TOP_WORDS) };
  const { transport, call } = sender;
  const { result } = await send(target, sender, (url) => transport.writeReport(url, counts, requestId, call));
  return result;
}
