import { header } from '@flotilla/contracts';
import type { InboundRequest } from '@flotilla/service-kit';

const MILLISECONDS = /^\d{1,9}$/;

/**
 * When a request's time is up: after what its caller leaves it, or what this process allows, whichever is less.
 *
 * @param maxMs - What this process allows.
 * @returns A time of `performance.now()`.
 */
export function deadlineOf(request: InboundRequest, maxMs: number): number {
  const given = request.header(header.deadline);
  const leftMs = given !== undefined && MILLISECONDS.test(given) ? Number(given) : maxMs;
  return performance.now() + Math.min(maxMs, leftMs);
}
