import { type FlotillaError, header } from '@flotilla/contracts';
import type { FastifyInstance } from 'fastify';
import { endAccessLog, RequestContext, requestIdFrom } from '../access-log/request-context.js';
import { answer } from '../answer/answer.js';
import { Handling } from '../answer/handling.js';
import type { StageRouteOptions, StageRoutes } from '../answer/stage-exchange.js';
import { closing, HOST, problemOfExpectation, problemOfHead } from '../message/head-checks.js';
import { rpcProtocolOf } from '../message/rpc-protocol.js';
import { answerCall, preflight } from '../rpc/answer-call.js';
import type { Http2Exchange } from './http2-exchange.js';
import { Http2Server } from './http2-server.js';
import { answerByFramework } from './other-routes.js';

/** Answers what comes by HTTP/2: calls, texts to the stage's route, and what the framework has routes for. */
export function readHttp2(app: FastifyInstance, routes: StageRoutes, options: StageRouteOptions): Http2Server {
  const { config, lifecycle } = options;
  const lane = new Http2Server({
    maxHeaderBytes: config.maxHeaderBytes,
    maxHeaders: config.maxHeaders,
    maxFieldPieces: config.maxFieldPieces,
    maxStreams: config.maxConnectionStreams,
    keepAliveMs: config.keepAliveMs,
    requestTimeoutMs: config.requestTimeoutMs,
    logger: options.logger,
    answer: (exchange) => answerStream(app, exchange, routes, options),
  });
  lifecycle.watch(() => {
    if (lifecycle.phase === 'draining') lane.close();
  });
  return lane;
}

function answerStream(
  app: FastifyInstance,
  request: Http2Exchange,
  routes: StageRoutes,
  options: StageRouteOptions,
): void {
  const context = new RequestContext(requestIdFrom(request.header(header.requestId)));
  const handling = new Handling(request, context, options.logger);
  void answerAsRouted(app, request, handling, routes, options).catch((error) => handling.fault(error));
}

async function answerAsRouted(
  app: FastifyInstance,
  request: Http2Exchange,
  handling: Handling,
  routes: StageRoutes,
  options: StageRouteOptions,
): Promise<void> {
  const { method } = request;
  const path = request.url.split('?', 1)[0] as string;
  const isPost = method === 'POST';
  const isStage = isPost && path === routes.path;
  const isKnownCall = routes.rpc.paths.includes(path);
  const protocol = isPost && !isStage ? rpcProtocolOf(request) : undefined;
  // What is sent to an unknown method is a call if it says so; JSON may be anything.
  const rpc = isKnownCall || protocol === 'grpc' ? protocol : undefined;
  const isCall = rpc !== undefined || (isPost && isKnownCall);
  const isPreflight = method === 'OPTIONS' && isKnownCall && options.config.corsOrigins.length > 0;
  handling.rpc = rpc;
  const refused = refusalOf(request, options.config.maxHeaders);
  if (!refused && !isStage && !isCall && !isPreflight) {
    // The framework leaves the trail.
    await answer(handling, () => answerByFramework(app, request, request), options);
    return;
  }
  const route = isStage || isKnownCall ? path : 'unknown';
  request.onClose((isWhole) =>
    endAccessLog(method, route, isWhole ? request.status : undefined, handling.context, options),
  );
  if (refused) handling.fault(refused);
  else if (isStage) await answer(handling, routes.handler, options);
  else await answerCall(handling, isPreflight ? preflight(options) : routes.rpc.handler, options);
}

/** What HTTP/2 itself lets pass, and that goes nowhere (`request-checks.ts` for HTTP/1.1). */
function refusalOf(request: Http2Exchange, maxHeaders: number): FlotillaError | undefined {
  if (request.isTooLarge) return closing('FLT_HEADERS_TOO_LARGE', '');
  const problem = problemOfHead(request, maxHeaders);
  if (problem) return problem;
  const host = request.header('host');
  if (host === undefined || !HOST.test(host)) {
    return closing('FLT_MALFORMED_HTTP', 'The authority is no host and port.');
  }
  return problemOfExpectation(request.header('expect'));
}
