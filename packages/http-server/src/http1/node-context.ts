import { IncomingMessage, type ServerResponse } from 'node:http';
import { FlotillaError, header, isHeaderSafeId } from '@flotilla/contracts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type AccessLogSinks, endAccessLog, RequestContext, requestIdFrom } from '../access-log/request-context.js';
import { Handling } from '../answer/handling.js';
import { NodeExchange } from './node-exchange.js';

declare module 'fastify' {
  interface FastifyRequest {
    context: RequestContext;
    handling: Handling;
  }

  interface FastifyContextConfig {
    /** A route's path in our notation, by which logs and metrics name it: `/polls/{id}`. */
    path?: string;
  }
}

/** The caller's id if it may stand in a header, or a new one. */
export function requestIdOf(request: IncomingMessage): string {
  return requestIdFrom(request.headers[header.requestId] as string | undefined);
}

/**
 * Begins to handle what Node's server has read; it is logged and measured once its answer has gone out, or its client has
 * left.
 *
 * @param routeOf - The route's path, asked for at the end.
 */
export function beginAccessLog(
  request: IncomingMessage,
  response: ServerResponse,
  requestId: string,
  sinks: AccessLogSinks,
  routeOf: () => string,
): Handling {
  const exchange = new NodeExchange(request, response);
  const handling = new Handling(exchange, new RequestContext(requestId), sinks.logger);
  exchange.onClose((isWhole) => {
    const status = isWhole ? response.statusCode : undefined;
    endAccessLog(request.method ?? '', routeOf(), status, handling.context, sinks);
  });
  return handling;
}

/** What is called for a request that Node's server has read. */
export type RequestListener = (request: IncomingMessage, response: ServerResponse) => void;

/** What a listener throws before anything is known of its request fails that request. */
export function guardedListener(sinks: AccessLogSinks, listener: RequestListener): RequestListener {
  return (request, response) => {
    try {
      listener(request, response);
    } catch (error) {
      beginAccessLog(request, response, requestIdOf(request), sinks, () => 'unknown').fault(error);
    }
  };
}

/** Gives every request of an app its trail. */
export function registerAccessLog(app: FastifyInstance, sinks: AccessLogSinks): void {
  // The slots must exist on the prototype so that V8 sees one shape of request; the hook below fills them.
  app.decorateRequest('context', null as unknown as RequestContext);
  app.decorateRequest('handling', null as unknown as Handling);
  app.addHook('onRequest', (request, reply, done) => {
    const routeOf = () => request.routeOptions.config.path ?? request.routeOptions.url ?? 'unknown';
    request.handling = beginAccessLog(request.raw, reply.raw, request.id, sinks, routeOf);
    request.context = request.handling.context;
    done();
  });
  app.addHook('onSend', (request, reply, _payload, done) => {
    const { requestId } = request.context;
    if (isHeaderSafeId(requestId)) reply.header(header.requestId, requestId);
    done();
  });
}

/**
 * A request that the framework has routed to a handler of ours, which answers it.
 *
 * @throws FlotillaError if it came by no connection of HTTP/1.1: what comes by HTTP/2 is looked up before
 * it is injected into the framework, for the framework's own routes.
 */
export function handlingOf({ raw, handling }: FastifyRequest): Handling {
  if (!(raw instanceof IncomingMessage)) throw new FlotillaError('FLT_ROUTE_NOT_FOUND');
  return handling;
}
