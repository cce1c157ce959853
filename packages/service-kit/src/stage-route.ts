import type { IncomingMessage, ServerResponse } from 'node:http';
import { type FlotillaError, header, isHeaderSafeId, PROBLEM_MEDIA_TYPE, problemBody } from '@flotilla/contracts';
import type { FastifyInstance } from 'fastify';
import type { Config } from './config.js';
import { DirectLane } from './direct/direct-lane.js';
import type { InboundRequest, OutboundResponse } from './exchange.js';
import type { Lifecycle } from './lifecycle.js';
import { NodeExchange } from './node-exchange.js';
import { asProblem } from './problem-responses.js';
import { refusal } from './request-checks.js';
import { noteEnd, openTrail, RequestTrail, requestIdFrom, requestIdOf, type TrailSinks } from './request-trail.js';

/** One request to the route that a process is there for. */
export interface StageExchange {
  readonly request: InboundRequest;
  readonly response: OutboundResponse;
  readonly trail: RequestTrail;
}

/** Answers a request. What it throws becomes a problem, if no answer has begun. */
export type StageHandler = (exchange: StageExchange) => Promise<void>;

/** What a stage's route needs of its app. */
export interface StageRouteOptions extends TrailSinks {
  readonly config: Config<'maxHeaders' | 'maxHeaderBytes' | 'keepAliveMs'>;
  readonly lifecycle: Lifecycle;
}

/**
 * Adds the route that a process is there for. There are three ways to it, with the same checks and the same answers:
 *
 * - A small plain request is read, and answered, by the {@link DirectLane}.
 * - Any other `POST` of the plain path is read by Node's server, and answered without the framework.
 * - Whatever is written in another way takes the framework's way, and ends here too if it is the same route.
 *
 * The first costs a fifth of the last.
 */
export function addStageRoute(
  app: FastifyInstance,
  path: string,
  handler: StageHandler,
  options: StageRouteOptions,
): void {
  app.post(path, async (request, reply) => {
    reply.hijack();
    await answer(nodesExchange(request.raw, reply.raw, request.trail), handler, options);
  });
  readWithoutFramework(app, path, handler, options);
  readDirectly(app, path, handler, options);
}

function readWithoutFramework(
  { server }: FastifyInstance,
  path: string,
  handler: StageHandler,
  options: StageRouteOptions,
): void {
  const [framework] = server.listeners('request') as ((request: IncomingMessage, response: ServerResponse) => void)[];
  if (!framework) throw new Error('the framework does not listen to its server');
  server.off('request', framework);
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (!isPlain(request, path)) {
      framework(request, response);
      return;
    }
    const trail = new RequestTrail(requestIdOf(request));
    openTrail(request, response, trail, options, () => path);
    const exchange = nodesExchange(request, response, trail);
    const refused = refusal(request, response, options.config.maxHeaders);
    if (refused) sendStageProblem(exchange, refused);
    else void answer(exchange, handler, options);
  });
}

function isPlain({ method, url = '' }: IncomingMessage, path: string): boolean {
  return method === 'POST' && url.startsWith(path) && (url.length === path.length || url[path.length] === '?');
}

function readDirectly(app: FastifyInstance, path: string, handler: StageHandler, options: StageRouteOptions): void {
  const { lifecycle, config } = options;
  const lane = new DirectLane(app.server, {
    route: { path, maxHeaders: config.maxHeaders, maxHeaderBytes: config.maxHeaderBytes },
    keepAliveMs: config.keepAliveMs,
    isDraining: () => lifecycle.phase === 'draining',
    answer: (exchange) => {
      const trail = new RequestTrail(requestIdFrom(exchange.header(header.requestId)));
      exchange.onClose((isWhole) => noteEnd('POST', path, isWhole ? exchange.status : undefined, trail, options));
      void answer({ request: exchange, response: exchange, trail }, handler, options);
    },
  });
  app.addHook('preClose', (done) => {
    lane.close();
    done();
  });
}

function nodesExchange(request: IncomingMessage, response: ServerResponse, trail: RequestTrail): StageExchange {
  const exchange = new NodeExchange(request, response);
  return { request: exchange, response: exchange, trail };
}

async function answer(exchange: StageExchange, handler: StageHandler, options: StageRouteOptions): Promise<void> {
  // Whoever sends another request on this connection would meet its end.
  if (options.lifecycle.phase === 'draining') exchange.response.closeAfterwards();
  try {
    await handler(exchange);
  } catch (error) {
    sendStageProblem(exchange, asProblem(error, exchange.trail.requestId, options.logger));
  }
}

/** Answers with a problem, unless an answer has begun: then all that is left is to break it off. */
function sendStageProblem({ response, trail }: StageExchange, problem: FlotillaError): void {
  if (response.isBegun) {
    response.abort();
    return;
  }
  const { requestId } = trail;
  const headers = Object.entries(problem.headers).flat();
  if (isHeaderSafeId(requestId)) headers.push(header.requestId, requestId);
  headers.push('content-type', PROBLEM_MEDIA_TYPE);
  const body = JSON.stringify(problemBody(problem, requestId));
  response.send(problem.statusCode, headers, Buffer.from(body).toString('latin1'));
}
