import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { answer } from '../answer.js';
import type { Handling } from '../handling.js';
import { handlingOf } from '../node-trail.js';
import type { RpcRoutes, StageHandler, StageRouteOptions } from '../stage-exchange.js';
import { corsFields, sendPreflight, withCorsFields } from './cors.js';
import { rpcProtocolOf } from './rpc-protocol.js';

type RpcRouteOptions = Pick<StageRouteOptions, 'lifecycle' | 'config'>;

/** Adds the routes for gRPC-Web and Connect over HTTP/1.1. gRPC itself needs HTTP/2. */
export function addRpcRoutes(app: FastifyInstance, { paths, handler }: RpcRoutes, options: RpcRouteOptions): void {
  const handle = (given: StageHandler) => async (request: FastifyRequest, reply: FastifyReply) => {
    const handling = handlingOf(request);
    reply.hijack();
    await answerCall(handling, given, options);
  };
  for (const path of paths) {
    app.post(path, handle(handler));
    if (options.config.corsOrigins.length > 0) app.options(path, handle(preflight(options)));
  }
}

/** Answers a call, or a browser's question whether it may call. */
export async function answerCall(handling: Handling, handler: StageHandler, options: RpcRouteOptions): Promise<void> {
  const { request, response } = handling;
  handling.rpc = rpcProtocolOf(request);
  const fields = corsFields(request, options.config.corsOrigins);
  if (fields.length > 0) handling.response = withCorsFields(response, fields);
  await answer(handling, handler, options);
}

/** Answers the question that a browser asks before it calls. */
export function preflight({ config }: RpcRouteOptions): StageHandler {
  return async ({ request, response }) => {
    // The fields that every answer gets are there already.
    const isAllowed = corsFields(request, config.corsOrigins).includes('access-control-allow-origin');
    sendPreflight(response, isAllowed);
  };
}
