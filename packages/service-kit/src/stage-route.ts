import type { IncomingMessage, ServerResponse } from 'node:http';
import { type FlotillaError, header, isHeaderSafeId, PROBLEM_MEDIA_TYPE, problemBody } from '@flotilla/contracts';
import type { FastifyInstance } from 'fastify';
import type { Lifecycle } from './lifecycle.js';
import { asProblem } from './problem-responses.js';
import { refusal } from './request-checks.js';
import { openTrail, RequestTrail, requestIdOf, type TrailSinks } from './request-trail.js';

/** One request to the route that a process is there for. */
export interface StageExchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly trail: RequestTrail;
}

/** Answers a request. What it throws becomes a problem, if no answer has begun. */
export type StageHandler = (exchange: StageExchange) => Promise<void>;

/** What a stage's route needs of its app. */
export interface StageRouteOptions extends TrailSinks {
  readonly maxHeaders: number;
  readonly lifecycle: Lifecycle;
}

/**
 * Adds the route that a process is there for. Its requests are answered with Node's own request and response: most of
 * them do not go through the framework at all, which would cost a hop about a third of its time. The checks are the same;
 * whatever is not a plain `POST` of the plain path takes the framework's way, and ends here too if it is the same route.
 */
export function addStageRoute(
  app: FastifyInstance,
  path: string,
  handler: StageHandler,
  options: StageRouteOptions,
): void {
  app.post(path, async (request, reply) => {
    reply.hijack();
    await answer({ request: request.raw, response: reply.raw, trail: request.trail }, handler, options);
  });
  const { server } = app;
  const [framework] = server.listeners('request') as ((request: IncomingMessage, response: ServerResponse) => void)[];
  if (!framework) throw new Error('the framework does not listen to its server');
  server.off('request', framework);
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (isPlain(request, path)) direct(request, response, path, handler, options);
    else framework(request, response);
  });
}

function isPlain({ method, url = '' }: IncomingMessage, path: string): boolean {
  return method === 'POST' && url.startsWith(path) && (url.length === path.length || url[path.length] === '?');
}

function direct(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  handler: StageHandler,
  options: StageRouteOptions,
): void {
  const trail = new RequestTrail(requestIdOf(request));
  openTrail(request, response, trail, options, () => path);
  const exchange = { request, response, trail };
  const refused = refusal(request, response, options.maxHeaders);
  if (refused) sendStageProblem(exchange, refused);
  else void answer(exchange, handler, options);
}

async function answer(exchange: StageExchange, handler: StageHandler, options: StageRouteOptions): Promise<void> {
  // Whoever sends another request on this connection would meet its end.
  if (options.lifecycle.phase === 'draining') exchange.response.shouldKeepAlive = false;
  try {
    await handler(exchange);
  } catch (error) {
    sendStageProblem(exchange, asProblem(error, exchange.trail.requestId, options.logger));
  }
}

/** Answers with a problem, unless an answer has begun: then all that is left is to break it off. */
function sendStageProblem({ response, trail }: StageExchange, problem: FlotillaError): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { requestId } = trail;
  const body = JSON.stringify(problemBody(problem, requestId));
  response.writeHead(problem.statusCode, {
    ...problem.headers,
    ...(isHeaderSafeId(requestId) ? { [header.requestId]: requestId } : {}),
    'content-type': PROBLEM_MEDIA_TYPE,
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}
