import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Handler, RpcRoutes } from './answer/routes.js';
import { handlingOf } from './http1/node-context.js';
import { answerCall, preflight, type RpcRouteOptions } from './rpc/answer-call.js';

/** Adds the routes for gRPC-Web and Connect over HTTP/1.1. gRPC itself needs HTTP/2. */
export function addRpcRoutes(app: FastifyInstance, { paths, handler }: RpcRoutes, options: RpcRouteOptions): void {
  const handle = (given: Handler) => async (request: FastifyRequest, reply: FastifyReply) => {
    const handling = handlingOf(request);
    reply.hijack();
    await answerCall(handling, given, options);
  };
  for (const path of paths) {
    app.post(path, handle(handler));
    if (options.config.corsOrigins.length > 0) app.options(path, handle(preflight(options)));
  }
}
