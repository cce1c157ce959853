import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { header, httpStatusOfRpc, isHeaderSafeId } from '@flotilla/contracts';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { requestWasAnswered } from './memory.js';
import type { Metrics } from './metrics.js';
import { discardRest } from './receive.js';
import { logRequest } from './request-log.js';

declare module 'fastify' {
  interface FastifyRequest {
    trail: RequestTrail;
  }
}

/** What a request leaves behind: its id, and what its log line says beyond the usual. */
export class RequestTrail {
  /** The id that the log line and the answer carry; a service replaces it by the one that it finds in the body. */
  requestId: string;
  /** The id that the request came with, or was given at the start: it can always stand in a header. */
  readonly idFromHeader: string;
  /** The instance whose answer it is, or that was tried last; and how many were tried. */
  upstream: string | undefined;
  tries: number | undefined;
  /** The status of a remote procedure call, which HTTP's says nothing of. */
  rpcCode: number | undefined;
  /** The id that the body brought, if it brought one. */
  idFromBody: string | undefined;
  readonly startedMs = performance.now();

  constructor(requestId: string) {
    this.requestId = requestId;
    this.idFromHeader = requestId;
  }
}

/** Where a request's end is noted. */
export interface TrailSinks {
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/** nginx's code for a client that left before its answer was whole. It is logged and counted, never sent. */
const CLIENT_CLOSED_REQUEST = 499;

/** The caller's id if it may stand in a header, or a new one. */
export function requestIdOf(request: IncomingMessage): string {
  return requestIdFrom(request.headers[header.requestId] as string | undefined);
}

/** @param given - The value of the header. */
export function requestIdFrom(given: string | undefined): string {
  return given !== undefined && isHeaderSafeId(given) ? given : randomUUID();
}

/**
 * Gives a request its trail; logs and measures it once its answer has gone out, or its client has left.
 *
 * @param routeOf - The route's path, asked for at the end.
 */
export function openTrail(
  request: IncomingMessage,
  response: ServerResponse,
  trail: RequestTrail,
  sinks: TrailSinks,
  routeOf: () => string,
): void {
  response.prependListener('finish', () => discardRest(request));
  response.on('close', () => {
    const status = response.writableFinished ? response.statusCode : undefined;
    noteEnd(request.method ?? '', routeOf(), status, trail, sinks);
  });
}

/** Gives every request of an app its trail. */
export function registerTrail(app: FastifyInstance, sinks: TrailSinks): void {
  // The slot must exist on the prototype so that V8 sees one shape of request; the hook below fills it.
  app.decorateRequest('trail', null as unknown as RequestTrail);
  app.addHook('onRequest', (request, reply, done) => {
    request.trail = new RequestTrail(request.id);
    openTrail(request.raw, reply.raw, request.trail, sinks, () => request.routeOptions.url ?? 'unknown');
    done();
  });
  app.addHook('onSend', (request, reply, _payload, done) => {
    const { requestId } = request.trail;
    if (isHeaderSafeId(requestId)) reply.header(header.requestId, requestId);
    done();
  });
}

/**
 * Logs and measures a request whose answer has gone out, or whose client has left.
 *
 * @param answeredStatus - Undefined if the client left before.
 */
export function noteEnd(
  method: string,
  route: string,
  answeredStatus: number | undefined,
  trail: RequestTrail,
  { metrics, logger }: TrailSinks,
): void {
  const { rpcCode } = trail;
  const isRpcAnswer = answeredStatus !== undefined && rpcCode !== undefined;
  const status = isRpcAnswer ? httpStatusOfRpc(rpcCode) : (answeredStatus ?? CLIENT_CLOSED_REQUEST);
  const tookMs = performance.now() - trail.startedMs;
  metrics.observeRequest(route, method, status, tookMs / 1000);
  if (isRoutine(route)) return;
  requestWasAnswered();
  const { requestId, upstream, tries } = trail;
  logRequest(logger, { requestId, method, route, status, rpcCode, tookMs, upstream, tries });
}

/** Probes and scrapes come every second; as log lines they would hide the rest. */
function isRoutine(route: string): boolean {
  return route.startsWith('/health') || route === '/metrics';
}
