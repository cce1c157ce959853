import type { IncomingMessage } from 'node:http';
import { header } from '@flotilla/contracts';

const MILLISECONDS = /^\d{1,9}$/;

/**
 * When a request's time is up: after what its caller leaves it, or what this process allows, whichever is less.
 *
 * @param maxMs - What this process allows.
 * @returns A time of `performance.now()`.
 */
export function deadlineOf(request: IncomingMessage, maxMs: number): number {
  const given = request.headers[header.deadline];
  const leftMs = typeof given === 'string' && MILLISECONDS.test(given) ? Number(given) : maxMs;
  return performance.now() + Math.min(maxMs, leftMs);
}
