import { FlotillaError, header, type ProblemCode } from '@flotilla/contracts';
import type { Stage } from '@flotilla/topology';
import type { Exhaustion } from '@flotilla/upstream';

const CODES: Readonly<Record<Exhaustion, ProblemCode>> = {
  unreachable: 'FLT_NEXT_STAGE_UNREACHABLE',
  timed_out: 'FLT_NEXT_STAGE_TIMED_OUT',
  failed: 'FLT_NEXT_STAGE_FAILED',
};

/** What a service says that could get no answer from the next stage. The header tells everyone whose failure it is. */
export function nextStageFailed(next: Stage, exhaustion: Exhaustion): FlotillaError {
  const headers = { [header.failedStage]: next.service };
  return new FlotillaError(CODES[exhaustion], `The stage is ${next.service}.`, { failed_stage: next.service }, headers);
}
