import { type PipelineResponse, TOP_WORDS, type WordCount } from '@flotilla/contracts';
import { renderReport } from '@flotilla/text';
import type { ReportInput } from './report-body.js';

/** Writes the pipeline's answer from the figures, in pieces: the report, and the whole table if it was asked for. */
export function* writeAnswer({ figures, table }: ReportInput, requestId: string): Generator<Uint8Array> {
  const { word_count, unique_words } = figures;
  const top_words = [...figures.top_words].sort(byCountThenWord).slice(0, TOP_WORDS);
  const answer: PipelineResponse = {
    status: 'success',
    message: `Counted ${word_count} words, ${unique_words} of them different.`,
    request_id: requestId,
    word_count,
    report: renderReport({ wordCount: word_count, uniqueWords: unique_words, topWords: top_words }),
    top_words,
    unique_words,
  };
  const json = JSON.stringify(answer);
  if (!table) {
    yield Buffer.from(json);
    return;
  }
  yield Buffer.from(`${json.slice(0, -1)},"word_frequencies":`);
  yield* table.toJson();
  yield Buffer.from('}');
}

/** The contract's order: higher count first, then the word in code-point order, which is that of its bytes in UTF-8. */
function byCountThenWord([word, count]: WordCount, [otherWord, otherCount]: WordCount): number {
  return otherCount - count || Buffer.compare(Buffer.from(word), Buffer.from(otherWord));
}
