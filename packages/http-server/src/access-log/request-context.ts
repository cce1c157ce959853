import { randomUUID } from 'node:crypto';
import { httpStatusOfRpc, isHeaderSafeId } from '@flotilla/contracts';
import type { Metrics } from '@flotilla/process';
import { requestWasAnswered } from '@flotilla/process';
import type { Logger } from 'pino';
import { logRequest } from './request-log.js';

/** What a request leaves behind: its id, and what its log line says beyond the usual. */
export class RequestContext {
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
export interface AccessLogSinks {
  readonly metrics: Metrics;
  readonly logger: Logger;
}

/** nginx's code for a client that left before its answer was whole. It is logged and counted, never sent. */
const CLIENT_CLOSED_REQUEST = 499;

/** The caller's id if it may stand in a header, or a new one. @param given - The value of the header. */
export function requestIdFrom(given: string | undefined): string {
  return given !== undefined && isHeaderSafeId(given) ? given : randomUUID();
}

/**
 * Logs and measures a request whose answer has gone out, or whose client has left.
 *
 * @param answeredStatus - Undefined if the client left before.
 */
export function endAccessLog(
  method: string,
  route: string,
  answeredStatus: number | undefined,
  context: RequestContext,
  { metrics, logger }: AccessLogSinks,
): void {
  const { rpcCode } = context;
  const isRpcAnswer = answeredStatus !== undefined && rpcCode !== undefined;
  const status = isRpcAnswer ? httpStatusOfRpc(rpcCode) : (answeredStatus ?? CLIENT_CLOSED_REQUEST);
  const tookMs = performance.now() - context.startedMs;
  metrics.observeRequest(route, method, status, tookMs / 1000);
  if (isRoutine(route)) return;
  requestWasAnswered();
  const { requestId, upstream, tries } = context;
  logRequest(logger, { requestId, method, route, status, rpcCode, tookMs, upstream, tries });
}

/** Probes and scrapes come every second; as log lines they would hide the rest. */
function isRoutine(route: string): boolean {
  return route.startsWith('/health') || route === '/metrics';
}
