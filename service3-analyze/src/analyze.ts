import { type BeginRelay, textReader } from '@flotilla/stage';
import { WordCounter } from '@flotilla/text';
import { writeAnalysis } from './write-analysis.js';

/** Counts the words of a cleaned text as it passes, and hands on what it found. */
export function analyze(limits: { readonly maxWordBytes: number; readonly maxUniqueWords: number }): BeginRelay {
  return (request, next) => {
    const counter = new WordCounter(limits);
    const reader = textReader(request.format, 'decoded', request.context, (bytes) => counter.write(bytes));
    return {
      heldBytes: () => counter.heldBytes,
      write: (chunk) => reader.write(chunk),
      end: async () => {
        reader.end();
        await writeAnalysis(counter.end(), request, next);
      },
    };
  };
}
