import { FlotillaError, header, type ProblemCode } from '@flotilla/contracts';
import type { Exhaustion } from '../core/outcome.js';
import type { UpstreamRequest } from './upstream-request.js';

const CODES: Readonly<Record<Exhaustion, ProblemCode>> = {
  unreachable: 'FLT_INSTANCES_UNREACHABLE',
  timed_out: 'FLT_INSTANCES_TIMED_OUT',
  failed: 'FLT_INSTANCES_FAILED',
};

/**
 * What a balancer tells its client when every instance was tried. It names its stage in `x-failed-stage`: a proxy
 * in front knows that all was tried here, and that neither it nor its neighbours are to blame.
 *
 * @param service - The balanced service: `service3`.
 */
export function allAttemptsFailed(service: string, exhaustion: Exhaustion, call: UpstreamRequest): FlotillaError {
  const tries = call.tries.map(({ instance, outcome }) => ({ instance, outcome }));
  const told = tries.map(({ instance, outcome }) => `${instance} ${outcome}`).join(', ') || 'none in the time given';
  const extra = { failed_stage: service, attempts: tries };
  return new FlotillaError(CODES[exhaustion], `${service}: tried ${told}.`, extra, { [header.failedStage]: service });
}

/**
 * What a balancer tells a client that it cannot admit. It names its stage too: a proxy in front would only add to
 * the load by trying again at once.
 *
 * @param retryAfterSeconds - When it makes sense to come again.
 */
export function overloaded(service: string, retryAfterSeconds: number): FlotillaError {
  const headers = { [header.failedStage]: service, 'retry-after': String(retryAfterSeconds) };
  return new FlotillaError('FLT_OVERLOADED', `${service} is busy.`, { failed_stage: service }, headers);
}
