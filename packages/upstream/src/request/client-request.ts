import { FlotillaError } from '@flotilla/contracts';
import type { InboundRequest, OutboundResponse } from '@flotilla/http-server';
import { hashOf } from '../core/hash.js';
import type { Upstream } from './upstream.js';
import type { UpstreamRequest } from './upstream-request.js';

/** How long a request says that its body is, in bytes. */
export function contentLength(request: InboundRequest): number | undefined {
  const length = request.header('content-length');
  return length === undefined ? undefined : Number(length);
}

/** What consistent hashing goes by; -1 where there is none. */
export function hashOfRequest({ strategy, limits }: Upstream, request: InboundRequest): number {
  if (strategy !== 'consistent_hash') return -1;
  const key = request.header(limits.hashHeader);
  return key === undefined ? -1 : hashOf(key);
}

/** A client that leaves cancels the work that goes on for it. */
export function cancelWhenClientLeaves(response: OutboundResponse, call: UpstreamRequest): void {
  response.onClose((isWhole) => {
    if (!isWhole) call.cancel(new FlotillaError('FLT_BODY_INCOMPLETE'));
  });
}
