import { FlotillaError, header } from '@flotilla/contracts';
import type { FastifyInstance } from 'fastify';
import { endAccessLog, RequestContext, requestIdFrom } from '../access-log/request-context.js';
import { answer } from '../answer/answer.js';
import { Handling } from '../answer/handling.js';
import type { RouteTable } from '../answer/route-table.js';
import type { RouteOptions, RpcRoutes } from '../answer/routes.js';
import { closing, HOST, problemOfExpectation, problemOfHead } from '../message/head-checks.js';
import { rpcProtocolOf } from '../message/rpc-protocol.js';
import { pathOf } from '../message/target.js';
import { answerCall, preflight } from '../rpc/answer-call.js';
import type { Http2Exchange } from './http2-exchange.js';
import { Http2Server } from './http2-server.js';
import { answerByFramework } from './other-routes.js';

/** The calls of a process that takes none. */
const NO_CALLS: RpcRoutes = {
  paths: [],
  handler: () => Promise.reject(new FlotillaError('FLT_ROUTE_NOT_FOUND')),
};

/** Answers what comes by HTTP/2: calls, requests for the table's routes, and for what the framework has besides. */
export function readHttp2(
  app: FastifyInstance,
  table: RouteTable,
  calls: RpcRoutes = NO_CALLS,
  options: RouteOptions,
): Http2Server {
  const { config, lifecycle } = options;
  const served = { app, table, calls, options };
  const server = new Http2Server({
    maxHeaderBytes: config.maxHeaderBytes,
    maxHeaders: config.maxHeaders,
    maxFieldPieces: config.maxFieldPieces,
    maxStreams: config.maxConnectionStreams,
    keepAliveMs: config.keepAliveMs,
    requestTimeoutMs: config.requestTimeoutMs,
    logger: options.logger,
    answer: (exchange) => answerStream(exchange, served),
  });
  lifecycle.watch(() => {
    if (lifecycle.phase === 'draining') server.close();
  });
  return server;
}

/** What streams are answered with. */
interface Served {
  readonly app: FastifyInstance;
  readonly table: RouteTable;
  readonly calls: RpcRoutes;
  readonly options: RouteOptions;
}

function answerStream(request: Http2Exchange, served: Served): void {
  const context = new RequestContext(requestIdFrom(request.header(header.requestId)));
  const handling = new Handling(request, context, served.options.logger);
  void answerAsRouted(request, handling, served).catch((error) => handling.fault(error));
}

async function answerAsRouted(request: Http2Exchange, handling: Handling, served: Served): Promise<void> {
  const { app, table, calls, options } = served;
  const { method, url } = request;
  const route = table.literal(method, url) ?? routeWithParameters(request, handling, table);
  const path = pathOf(url);
  const isKnownCall = calls.paths.includes(path);
  const protocol = method === 'POST' && !route ? rpcProtocolOf(request) : undefined;
  // What is sent to an unknown method is a call if it says so; JSON may be anything.
  const rpc = isKnownCall || protocol === 'grpc' ? protocol : undefined;
  const isCall = rpc !== undefined || (method === 'POST' && isKnownCall);
  const isPreflight = method === 'OPTIONS' && isKnownCall && options.config.corsOrigins.length > 0;
  handling.rpc = rpc;
  const refused = refusalOf(request, options.config.maxHeaders);
  if (!refused && !route && !isCall && !isPreflight) {
    // The framework writes the access log.
    await answer(handling, () => answerByFramework(app, request, request), options);
    return;
  }
  const name = route?.path ?? (isKnownCall ? path : 'unknown');
  request.onClose((isWhole) =>
    endAccessLog(method, name, isWhole ? request.status : undefined, handling.context, options),
  );
  if (refused) handling.fault(refused);
  else if (route) await answer(handling, route.handler, options);
  else await answerCall(handling, isPreflight ? preflight(options) : calls.handler, options);
}

function routeWithParameters({ method, url }: Http2Exchange, handling: Handling, table: RouteTable) {
  const found = table.match(method, url);
  handling.parameters = found?.parameters;
  return found?.route;
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
