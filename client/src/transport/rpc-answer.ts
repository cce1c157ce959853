import type { PipelineResponse } from '@flotilla/contracts';
import type { TextResponse, WordFrequency } from '@flotilla/contracts/rpc';
import { CountTable } from '@flotilla/text';
import { type Answer, checkedAnswer, tableLimits } from '../answer.js';

/** A message as it came, and what its metadata say. */
export interface Answered<Response> {
  readonly response: Response;
  /** Null: they name no instances. */
  readonly servedBy: string | null;
}

/**
 * Reads what stage 1 answered.
 *
 * @param isTableWanted - Whether the request asked for the whole table.
 * @throws ClientError when the answer is not what the contract says, or contradicts itself.
 */
export function answerOf({ response, servedBy }: Answered<TextResponse>, isTableWanted: boolean): Answer {
  const { status, report, wordCount, uniqueWords, topWords, wordFrequencies } = response;
  const members = {
    status,
    word_count: wordCount,
    unique_words: uniqueWords,
    // What a message leaves out reads as empty.
    report: report === '' ? undefined : report,
    top_words: topWords.map(({ word, count }) => [word, count]),
  };
  return checkedAnswer(members, isTableWanted ? tableOf(wordFrequencies) : undefined, servedBy);
}

function tableOf(frequencies: readonly WordFrequency[]): CountTable {
  const table = new CountTable(tableLimits);
  for (const { word, count } of frequencies) {
    const bytes = Buffer.from(word);
    table.add(bytes, 0, bytes.length, count);
  }
  return table;
}

/** Words with their counts, as messages hold them. */
export function frequenciesOf(words: PipelineResponse['top_words']): { word: string; count: number }[] {
  return words.map(([word, count]) => ({ word, count }));
}
