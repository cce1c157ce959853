import {
  type FlotillaError,
  header,
  isHeaderSafeId,
  PROBLEM_MEDIA_TYPE,
  problemBody,
  rpcStatusOf,
} from '@flotilla/contracts';
import { asProblem } from './problem-responses.js';
import { sendRpcProblem } from './rpc/rpc-problem.js';
import type { StageExchange, StageHandler, StageRouteOptions } from './stage-exchange.js';

/** Has a handler answer a request, and answers with a problem where it throws. */
export async function answer(
  exchange: StageExchange,
  handler: StageHandler,
  { lifecycle, logger }: Pick<StageRouteOptions, 'logger' | 'lifecycle'>,
): Promise<void> {
  // Whoever sends another request on this connection would meet its end.
  if (lifecycle.phase === 'draining') exchange.response.closeAfterwards();
  try {
    await handler(exchange);
  } catch (error) {
    sendStageProblem(exchange, asProblem(error, exchange.trail.requestId, logger));
  }
}

/** Answers with a problem, unless an answer has begun: then all that is left is to break it off. */
export function sendStageProblem({ request, response, trail, rpc }: StageExchange, problem: FlotillaError): void {
  if (response.isBegun) {
    response.abort();
    return;
  }
  const { requestId } = trail;
  const headers = Object.entries(problem.headers).flat();
  if (isHeaderSafeId(requestId)) headers.push(header.requestId, requestId);
  if (rpc) {
    trail.rpcCode = rpcStatusOf(problem).code;
    sendRpcProblem(response, rpc, request.header('content-type') ?? '', problem, headers);
    return;
  }
  headers.push('content-type', PROBLEM_MEDIA_TYPE);
  const body = JSON.stringify(problemBody(problem, requestId));
  response.send(problem.statusCode, headers, Buffer.from(body).toString('latin1'));
}
