import type { IncomingMessage, ServerResponse } from 'node:http';
import { header } from '@flotilla/contracts';
import type { FastifyInstance } from 'fastify';
import { endAccessLog, RequestContext, requestIdFrom } from './access-log/request-context.js';
import { answer } from './answer/answer.js';
import { Handling } from './answer/handling.js';
import type { StageRouteOptions, StageRoutes } from './answer/stage-exchange.js';
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
import { addRpcRoutes } from './rpc-routes.js';

/**
 * Adds the routes that a process is there for. There are four ways to the stage's, with the same checks and the same
 * answers:
 *
 * - A small plain request is read, and answered, by the {@link FastPath}.
 * - Any other `POST` of the plain path is read by Node's server, and answered without the framework.
 * - Whatever is written in another way takes the framework's way, and ends here too if it is the same route.
 * - What comes by HTTP/2 is a stream each.
 *
 * The first costs a fifth of the third.
 */
export function addStageRoute(app: FastifyInstance, routes: StageRoutes, options: StageRouteOptions): void {
  app.post(routes.path, async (request, reply) => {
    const handling = handlingOf(request);
    reply.hijack();
    await answer(handling, routes.handler, options);
  });
  addRpcRoutes(app, routes.rpc, options);
  readWithoutFramework(app, routes, options);
  readDirectly(app, routes, options);
}

function readWithoutFramework({ server }: FastifyInstance, routes: StageRoutes, options: StageRouteOptions): void {
  const { path, handler } = routes;
  const [framework] = server.listeners('request') as RequestListener[];
  if (!framework) throw new Error('the framework does not listen to its server');
  server.off('request', framework);
  const others = guardedListener(options, framework);
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (!isPlain(request, path)) {
      others(request, response);
      return;
    }
    const handling = beginAccessLog(request, response, requestIdOf(request), options, () => path);
    const check = () => refusal(request, response, options.config.maxHeaders);
    void answer(handling, handler, options, check);
  });
}

function isPlain({ method, url = '' }: IncomingMessage, path: string): boolean {
  return method === 'POST' && url.startsWith(path) && (url.length === path.length || url[path.length] === '?');
}

function readDirectly(app: FastifyInstance, routes: StageRoutes, options: StageRouteOptions): void {
  const { lifecycle, config } = options;
  const { path, handler } = routes;
  const http2 = readHttp2(app, routes, options);
  const lane = new FastPath(app.server, {
    route: { path, maxHeaders: config.maxHeaders, maxHeaderBytes: config.maxHeaderBytes },
    keepAliveMs: config.keepAliveMs,
    headersTimeoutMs: config.headersTimeoutMs,
    acceptHttp2: (socket, first) => http2.accept(socket, first),
    isDraining: () => lifecycle.phase === 'draining',
    logger: options.logger,
    answer: (exchange: FastPathExchange) => {
      const context = new RequestContext(requestIdFrom(exchange.header(header.requestId)));
      const handling = new Handling(exchange, context, options.logger);
      exchange.onClose((isWhole) =>
        endAccessLog('POST', path, isWhole ? exchange.status : undefined, context, options),
      );
      void answer(handling, handler, options);
    },
  });
  app.addHook('preClose', (done) => {
    lane.close();
    http2.stop();
    done();
  });
}
