import type { BeginAnswer } from '@flotilla/stage';
import { ReportBodyReader, type ReportLimits } from './report-body.js';
import { writeAnswer } from './write-answer.js';

/** Writes the report of what was counted: the pipeline's answer. */
export function report(limits: ReportLimits): BeginAnswer {
  return ({ includeFrequencies, context }) => {
    const reader = new ReportBodyReader(limits, includeFrequencies, context);
    return {
      heldBytes: () => reader.heldBytes,
      write: (chunk) => reader.write(chunk),
      end: () => writeAnswer(reader.end(), context.requestId),
    };
  };
}
