import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { header, isHeaderSafeId } from '@flotilla/contracts';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Metrics } from './metrics.js';
import { discardRest } from './receive.js';

declare module 'fastify' {
  interface FastifyRequest {
    trail: RequestTrail;
  }
}

/** What a request leaves behind: its id, and what its log line says beyond the usual. */
export class RequestTrail {
  /** The id that the log line and the answer carry; a service replaces it by the one that it finds in the body. */
  requestId: string;
  /** More for the log line: which instance was asked, how often. Never anything of the text. */
  fields: Record<string, unknown> | undefined;
  /** The id that the body brought, if it brought one. */
  idFromBody: string | undefined;
  readonly startedAt = process.hrtime.bigint();

  constructor(requestId: string) {
    this.requestId = requestId;
  }
}

/** nginx's code for a client that left before its answer was whole. It is logged and counted, never sent. */
const CLIENT_CLOSED_REQUEST = 499;

/** The caller's id if it may stand in a header, or a new one. */
export function requestIdOf(request: IncomingMessage): string {
  const given = request.headers[header.requestId];
  return typeof given === 'string' && isHeaderSafeId(given) ? given : randomUUID();
}

/** Gives every request its trail; logs and measures it once its answer has gone out, or its client has left. */
export function registerTrail(app: FastifyInstance, metrics: Metrics): void {
  // The slot must exist on the prototype so that V8 sees one shape of request; the hook below fills it.
  app.decorateRequest('trail', null as unknown as RequestTrail);
  app.addHook('onRequest', (request, reply, done) => {
    request.trail = new RequestTrail(request.id);
    reply.raw.prependOnceListener('finish', () => discardRest(request.raw));
    reply.raw.once('close', () => finish(request, reply, metrics));
    done();
  });
  app.addHook('onSend', (request, reply, _payload, done) => {
    const { requestId } = request.trail;
    if (isHeaderSafeId(requestId)) reply.header(header.requestId, requestId);
    done();
  });
}

function finish(request: FastifyRequest, reply: FastifyReply, metrics: Metrics): void {
  const { trail } = request;
  const status = reply.raw.writableFinished ? reply.raw.statusCode : CLIENT_CLOSED_REQUEST;
  const seconds = Number(process.hrtime.bigint() - trail.startedAt) / 1e9;
  const route = request.routeOptions.url ?? 'unknown';
  metrics.observeRequest(route, request.method, status, seconds);
  if (isRoutine(route)) return;
  const duration_ms = Math.round(seconds * 1e6) / 1e3;
  const line = { request_id: trail.requestId, method: request.method, route, status, duration_ms, ...trail.fields };
  if (status >= 500) request.log.error(line, 'request');
  else request.log.info(line, 'request');
}

/** Probes and scrapes come every second; as log lines they would hide the rest. */
function isRoutine(route: string): boolean {
  return route.startsWith('/health') || route === '/metrics';
}
