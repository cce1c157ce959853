import type { IncomingMessage, ServerResponse } from 'node:http';
import { FlotillaError, header } from '@flotilla/contracts';
import type { FastifyInstance } from 'fastify';
import { endAccessLog, RequestContext, requestIdFrom } from './access-log/request-context.js';
import { answer } from './answer/answer.js';
import { Handling } from './answer/handling.js';
import { RouteTable } from './answer/route-table.js';
import type { RouteOptions, Routes } from './answer/routes.js';
import { FastPath } from './http1/fast-path.js';
import type { FastPathExchange } from './http1/fast-path-exchange.js';
import {
  beginAccessLog,
  guardedListener,
  handlingOf,
  type RequestListener,
  requestIdOf,
} from './http1/node-context.js';
import { refusal } from './http1/request-checks.js';
import { readHttp2 } from './http2/http2-routes.js';
import { pathParameters, routerPath } from './message/route-path.js';
import { addRpcRoutes } from './rpc-routes.js';

/**
 * Adds the routes that a process is there for; once to an app, whose connections it takes over. A request reaches its
 * handler in one of four ways, which the server chooses, with the same checks and the same answers:
 *
 * - A small plain `POST` of a literal path is read, and answered, by the {@link FastPath}.
 * - Any other request for a literal path is read by Node's server, and answered without the framework.
 * - Paths with parameters, and unusual spellings, are routed by the framework, and end here too.
 * - What comes by HTTP/2 is a stream each.
 *
 * The first costs a fifth of the third.
 */
export function addRoutes(app: FastifyInstance, routes: Routes, options: RouteOptions): void {
  // The framework refuses a second one of the name, as a second call would take over what the first one has.
  app.decorate('hasFlotillaRoutes', true);
  const table = new RouteTable(routes.http);
  routeByFramework(app, table, options);
  if (routes.rpc) addRpcRoutes(app, routes.rpc, options);
  readWithoutFramework(app, table, options);
  addFastPath(app, table, routes, options);
}

function routeByFramework(app: FastifyInstance, table: RouteTable, options: RouteOptions): void {
  for (const route of table.routes) {
    app.route({
      method: route.method,
      url: routerPath(route.path),
      // The table has them.
      exposeHeadRoute: false,
      config: { path: route.path },
      handler: async (request, reply) => {
        const handling = handlingOf(request);
        const parameters = pathParameters(request.params);
        if (!parameters) throw new FlotillaError('FLT_ROUTE_NOT_FOUND');
        handling.parameters = parameters;
        reply.hijack();
        await answer(handling, route.handler, options);
      },
    });
  }
}

function readWithoutFramework({ server }: FastifyInstance, table: RouteTable, options: RouteOptions): void {
  const [framework] = server.listeners('request') as RequestListener[];
  if (!framework) throw new Error('the framework does not listen to its server');
  server.off('request', framework);
  const others = guardedListener(options, framework);
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { method = '', url = '' } = request;
    const route = table.literal(method, url);
    if (!route) {
      others(request, response);
      return;
    }
    const handling = beginAccessLog(request, response, requestIdOf(request), options, () => route.path);
    const check = () => refusal(request, response, options.config.maxHeaders);
    void answer(handling, route.handler, options, check);
  });
}

function addFastPath(app: FastifyInstance, table: RouteTable, { rpc }: Routes, options: RouteOptions): void {
  const { lifecycle, config } = options;
  const http2 = readHttp2(app, table, rpc, options);
  const fastPath = new FastPath(app.server, {
    plain: { routes: table.literalsOf('POST'), maxHeaders: config.maxHeaders, maxHeaderBytes: config.maxHeaderBytes },
    keepAliveMs: config.keepAliveMs,
    headersTimeoutMs: config.headersTimeoutMs,
    acceptHttp2: (socket, first) => http2.accept(socket, first),
    isDraining: () => lifecycle.phase === 'draining',
    logger: options.logger,
    answer: (exchange: FastPathExchange) => {
      const { route } = exchange;
      const context = new RequestContext(requestIdFrom(exchange.header(header.requestId)));
      const handling = new Handling(exchange, context, options.logger);
      exchange.onClose((isWhole) =>
        endAccessLog('POST', route.path, isWhole ? exchange.status : undefined, context, options),
      );
      void answer(handling, route.handler, options);
    },
  });
  app.addHook('preClose', (done) => {
    fastPath.close();
    http2.stop();
    done();
  });
}
