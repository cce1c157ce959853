import { answer } from '../answer/answer.js';
import type { Handling } from '../answer/handling.js';
import type { Handler, RouteOptions } from '../answer/routes.js';
import { rpcProtocolOf } from '../message/rpc-protocol.js';
import { corsFields, sendPreflight, withCorsFields } from './cors.js';

export type RpcRouteOptions = Pick<RouteOptions, 'lifecycle' | 'config'>;

/** Answers a call, or a browser's question whether it may call. */
export async function answerCall(handling: Handling, handler: Handler, options: RpcRouteOptions): Promise<void> {
  const { request, response } = handling;
  handling.rpc = rpcProtocolOf(request);
  const fields = corsFields(request, options.config.corsOrigins);
  if (fields.length > 0) handling.response = withCorsFields(response, fields);
  await answer(handling, handler, options);
}

/** Answers the question that a browser asks before it calls. */
export function preflight({ config }: RpcRouteOptions): Handler {
  return async ({ request, response }) => {
    // The fields that every answer gets are there already.
    const isAllowed = corsFields(request, config.corsOrigins).includes('access-control-allow-origin');
    sendPreflight(response, isAllowed);
  };
}
