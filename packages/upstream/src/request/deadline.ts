import { header } from '@flotilla/contracts';
import type { InboundRequest } from '@flotilla/http-server';

const MILLISECONDS = /^\d{1,10}$/;
/** At most eight digits and a unit (gRPC over HTTP/2, `Timeout`). */
const GRPC_TIMEOUT = /^(\d{1,8})([HMSmun])$/;
const UNIT_MS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 };

/**
 * When a request's time is up: after what its caller leaves it, or what this process allows, whichever is less.
 *
 * @param maxMs - What this process allows.
 * @returns A time of `performance.now()`.
 */
export function deadlineOf(request: InboundRequest, maxMs: number): number {
  const told = [
    asMs(request.header(header.deadline)),
    grpcTimeoutMs(request.header('grpc-timeout')),
    asMs(request.header('connect-timeout-ms')),
  ];
  return performance.now() + Math.min(maxMs, ...told);
}

/** The fields that tell the next hop what is left of a call's time, in the caller's own terms. */
export function timeoutFields(request: InboundRequest, remainingMs: number): string[] {
  const fields = [header.deadline, String(remainingMs)];
  if (request.header('grpc-timeout') !== undefined) fields.push('grpc-timeout', `${remainingMs}m`);
  if (request.header('connect-timeout-ms') !== undefined) fields.push('connect-timeout-ms', String(remainingMs));
  return fields;
}

function asMs(value: string | undefined): number {
  return value !== undefined && MILLISECONDS.test(value) ? Number(value) : Number.POSITIVE_INFINITY;
}

function grpcTimeoutMs(value: string | undefined): number {
  const [, amount, unit = ''] = GRPC_TIMEOUT.exec(value ?? '') ?? [];
  return amount === undefined ? Number.POSITIVE_INFINITY : Number(amount) * (UNIT_MS[unit] as number);
}
