import { FlotillaError, header } from '@flotilla/contracts';
import type { FastifyInstance } from 'fastify';
import { answer, sendStageProblem } from '../answer.js';
import { faultOfNames } from '../field-checks.js';
import { HOST } from '../request-checks.js';
import { noteEnd, RequestTrail, requestIdFrom } from '../request-trail.js';
import { rpcProtocolOf } from '../rpc/rpc-protocol.js';
import { answerCall, preflight } from '../rpc/rpc-routes.js';
import type { StageExchange, StageRouteOptions, StageRoutes } from '../stage-exchange.js';
import { faultOfTarget, MAX_TARGET_BYTES } from '../target.js';
import { CONTINUE, type Http2Exchange } from './http2-exchange.js';
import { Http2Lane } from './http2-lane.js';
import { answerByFramework } from './other-routes.js';

/** Answers what comes by HTTP/2: calls, texts to the stage's route, and what the framework has routes for. */
export function readHttp2(app: FastifyInstance, routes: StageRoutes, options: StageRouteOptions): Http2Lane {
  const { config, lifecycle } = options;
  const lane = new Http2Lane({
    maxHeaderBytes: config.maxHeaderBytes,
    maxHeaders: config.maxHeaders,
    maxFieldPieces: config.maxFieldPieces,
    maxStreams: config.maxConnectionStreams,
    keepAliveMs: config.keepAliveMs,
    requestTimeoutMs: config.requestTimeoutMs,
    answer: (exchange) => void answerStream(app, exchange, routes, options),
  });
  lifecycle.watch(() => {
    if (lifecycle.phase === 'draining') lane.close();
  });
  return lane;
}

async function answerStream(
  app: FastifyInstance,
  request: Http2Exchange,
  routes: StageRoutes,
  options: StageRouteOptions,
): Promise<void> {
  const { method } = request;
  const path = request.url.split('?', 1)[0] as string;
  const isPost = method === 'POST';
  const isStage = isPost && path === routes.path;
  const rpc = isPost && !isStage ? rpcProtocolOf(request) : undefined;
  const isKnownCall = routes.rpc.paths.includes(path);
  const isPreflight = method === 'OPTIONS' && isKnownCall && options.config.corsOrigins.length > 0;
  const refused = refusalOf(request, options.config.maxHeaders);
  const trail = new RequestTrail(requestIdFrom(request.header(header.requestId)));
  const exchange: StageExchange = { request, response: request, trail, rpc };
  if (!refused && !isStage && !rpc && !isPreflight) {
    // The framework leaves the trail.
    await answer(exchange, () => answerByFramework(app, request, request), options);
    return;
  }
  const route = isStage || isKnownCall ? path : 'unknown';
  request.onClose((isWhole) => noteEnd(method, route, isWhole ? request.status : undefined, trail, options));
  if (refused) sendStageProblem(exchange, refused);
  else if (isStage) await answer(exchange, routes.handler, options);
  else await answerCall(exchange, isPreflight ? preflight(options) : routes.rpc.handler, options);
}

/** What HTTP/2 itself lets pass, and that goes nowhere (`request-checks.ts` for HTTP/1.1). */
function refusalOf(request: Http2Exchange, maxHeaders: number): FlotillaError | undefined {
  if (request.isTooLarge) return new FlotillaError('FLT_HEADERS_TOO_LARGE');
  if (request.rawHeaders.length > 2 * maxHeaders) {
    return new FlotillaError('FLT_HEADERS_TOO_LARGE', `A request may have ${maxHeaders} headers.`);
  }
  if (request.url.length > MAX_TARGET_BYTES) {
    return new FlotillaError('FLT_TARGET_TOO_LONG', `A target may have ${MAX_TARGET_BYTES} bytes.`);
  }
  const fault = faultOfTarget(request.method, request.url) ?? faultOfNames(request.rawHeaders) ?? faultOfHost(request);
  if (fault !== undefined) return new FlotillaError('FLT_MALFORMED_HTTP', fault);
  const expected = request.header('expect');
  if (expected === undefined || expected.toLowerCase() === CONTINUE) return undefined;
  return new FlotillaError('FLT_EXPECTATION_FAILED');
}

function faultOfHost(request: Http2Exchange): string | undefined {
  const host = request.header('host');
  return host === undefined || HOST.test(host) ? undefined : 'The authority is no host and port.';
}
