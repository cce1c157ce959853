import { type Analysis, TOP_WORDS } from '@flotilla/contracts';
import { endWithRequestId, type OutgoingBody, type StageRequest } from '@flotilla/stage';
import type { CountTable } from '@flotilla/text';

const encoder = new TextEncoder();

/** Writes stage 4's body from a table: the figures, and the whole table where the caller wants it. */
export async function writeAnalysis(table: CountTable, request: StageRequest, next: OutgoingBody): Promise<void> {
  const figures: Analysis = {
    word_count: table.totalWords,
    unique_words: table.uniqueWords,
    top_words: await next.inTurns(table.topSlices(TOP_WORDS)),
  };
  const opened = JSON.stringify({ analysis: figures }).slice(0, -'}}'.length);
  next.push(encoder.encode(opened));
  if (request.includeFrequencies) {
    next.push(encoder.encode(',"word_frequencies":'));
    await next.pushAll(table.toJson());
  }
  next.push(encoder.encode('}'));
  endWithRequestId(next, request.context);
}
