/**
 * How a try ended, as far as the choice of what to do next goes.
 *
 * - `ok`: an answer that goes to the client; a 4xx too, since the client caused it.
 * - `failed_further_down`: a 5xx that bears `x-failed-stage`. The instance works; what it calls does not.
 * - `server_error`: any other 5xx.
 * - `unreachable`: no connection: refused, not resolved, or not opened in time.
 * - `broken`: the connection broke before the answer was whole.
 * - `timed_out`: no answer in time.
 * - `cancelled`: the client left, or its time was up; nothing can be said of the instance.
 * - `outrun`: superseded; another instance was asked as well, and was faster.
 */
export type Outcome =
  | 'ok'
  | 'failed_further_down'
  | 'server_error'
  | 'unreachable'
  | 'broken'
  | 'timed_out'
  | 'cancelled'
  | 'outrun';

/** Whether the outcome is the instance's own failure: it counts in `errors`, and the next instance may be tried. */
export function isFailure(outcome: Outcome): boolean {
  return outcome === 'server_error' || outcome === 'unreachable' || outcome === 'broken' || outcome === 'timed_out';
}

/**
 * The outcome that an answer's status makes.
 *
 * @param failedStage - The value of `x-failed-stage`, if the answer has one.
 */
export function outcomeOfStatus(status: number, failedStage: string | undefined): Outcome {
  if (status < 500) return 'ok';
  return failedStage === undefined ? 'server_error' : 'failed_further_down';
}

/** What Connect makes of `UNIMPLEMENTED` and `DEADLINE_EXCEEDED`: no other instance would do better. */
const NOT_IMPLEMENTED = 501;
const GATEWAY_TIMEOUT = 504;

/** The outcome of an answer of Connect, whose statuses from 500 on stand for those of gRPC. */
export function outcomeOfConnectStatus(status: number, failedStage: string | undefined): Outcome {
  if (status === NOT_IMPLEMENTED) return 'ok';
  return status === GATEWAY_TIMEOUT ? 'failed_further_down' : outcomeOfStatus(status, failedStage);
}

/** `RESOURCE_EXHAUSTED`, `INTERNAL`, `UNAVAILABLE`, `DATA_LOSS`: the instance could not, another one may. */
const INSTANCE_ERRORS: ReadonlySet<number> = new Set([8, 13, 14, 15]);
/** Its time is up, wherever it went: no other instance has more. */
const DEADLINE_EXCEEDED = 4;

/**
 * The outcome that the status of a remote procedure call makes. What else a call may end with is the caller's doing, or
 * an answer (docs/errors.md).
 *
 * @param code - Of gRPC.
 * @param failedStage - The value of `x-failed-stage`, if the answer has one.
 * @param problemStatus - The HTTP status of the error of the catalogue that the answer names, if it names one.
 */
export function outcomeOfRpc(
  code: number,
  failedStage: string | undefined,
  problemStatus: number | undefined,
): Outcome {
  if (code === DEADLINE_EXCEEDED) return 'failed_further_down';
  if (!INSTANCE_ERRORS.has(code)) return 'ok';
  // A message that is too large is so for all of them.
  if (problemStatus !== undefined && problemStatus < 500) return 'ok';
  return failedStage === undefined ? 'server_error' : 'failed_further_down';
}

/** What to tell a client when every instance was tried and failed. */
export type Exhaustion = 'unreachable' | 'timed_out' | 'failed';

/**
 * Sums up failed tries: none could be reached (503), one at least took too long (504), or they gave bad answers (502).
 * A time-out comes first, since it is what a caller can do something about: by waiting longer.
 */
export function summarise(outcomes: readonly Outcome[]): Exhaustion {
  if (outcomes.every((outcome) => outcome === 'unreachable')) return 'unreachable';
  return outcomes.includes('timed_out') ? 'timed_out' : 'failed';
}
