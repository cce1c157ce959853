import { FlotillaError, TOP_WORDS, type WordCount } from '@flotilla/contracts';
import type { ReportRequest } from '@flotilla/contracts/rpc';
import { asConnectError, type RpcCaller } from '@flotilla/http-server/rpc';
import { stageNumbered } from '@flotilla/topology';
import { mediaTypes } from '../input/text-format.js';
import type { StageCall } from './stage-call.js';

/** What a report is made of. */
export type ReportFigures = Pick<ReportRequest, 'totalWords' | 'uniqueWords' | 'requestId'> & {
  readonly wordFrequencies: readonly { readonly word: string; readonly count: number }[];
};

/** Has stage 4 write a report. */
export async function generateReport(call: StageCall, caller: RpcCaller, request: ReportFigures) {
  const startedMs = performance.now();
  const body = Buffer.from(JSON.stringify({ analysis: figuresOf(request) }));
  const { requestId } = request;
  const url = stageNumbered(4).route;
  const answer = await call(caller, { url, type: mediaTypes.json, body: [body], lengthBytes: body.length, requestId });
  return { report: answer.report, processingTime: (performance.now() - startedMs) / 1000 };
}

function figuresOf({ totalWords, uniqueWords, wordFrequencies }: ReportFigures) {
  if (totalWords < 0 || uniqueWords < 0) {
    throw asConnectError(new FlotillaError('FLT_INVALID_REQUEST', 'total_words and unique_words are 0 or more.'));
  }
  const counts = wordFrequencies.map(({ word, count }): WordCount => [word, count]);
  return { word_count: totalWords, unique_words: uniqueWords, top_words: topOf(counts) };
}

function topOf(counts: WordCount[]): WordCount[] {
  return counts.sort(byRank).slice(0, TOP_WORDS);
}

/** The contract's order: higher count first, then the word in code-point order, which is that of its bytes in UTF-8. */
export function byRank([word, count]: WordCount, [other, otherCount]: WordCount): number {
  if (count !== otherCount) return otherCount - count;
  return word === other ? 0 : Buffer.compare(Buffer.from(word), Buffer.from(other));
}
