import type { InboundRequest, OutboundResponse } from '../message/exchange.js';

/** How long a browser may keep what it was told, in seconds: the most that Chromium keeps. */
const MAX_AGE_SECONDS = 7200;
/** What pages send with gRPC-Web and Connect, and what of an answer they may read. */
const ALLOWED_HEADERS =
  'content-type, connect-protocol-version, connect-timeout-ms, connect-accept-encoding, connect-content-encoding, ' +
  'grpc-timeout, x-grpc-web, x-user-agent, x-request-id, idempotency-key';
const EXPOSED_HEADERS =
  'grpc-status, grpc-message, grpc-status-details-bin, connect-content-encoding, x-request-id, x-served-by, ' +
  'x-failed-stage, x-flotilla-code';

/** Of an answer: what gives a page leave to read it. */
const LEAVE = new Set([
  'access-control-allow-origin',
  'access-control-allow-credentials',
  'access-control-expose-headers',
]);

/**
 * The fields that let a page of an allowed origin read an answer (fetch.spec.whatwg.org, section 3.3).
 *
 * @param origins - Those that are allowed; `*` for all.
 * @returns None if the request is of no page, or of one that is not allowed: the browser then keeps the answer to itself.
 */
export function corsFields(request: Pick<InboundRequest, 'header'>, origins: readonly string[]): string[] {
  if (origins.length === 0) return [];
  const origin = request.header('origin');
  // A cache must not give one origin what another was told.
  if (origin === undefined || !(origins.includes('*') || origins.includes(origin))) return ['vary', 'origin'];
  return ['vary', 'origin', 'access-control-allow-origin', origin, 'access-control-expose-headers', EXPOSED_HEADERS];
}

/** Answers a browser that asks before it calls. */
export function sendPreflight(response: OutboundResponse, isAllowed: boolean): void {
  const permission = isAllowed
    ? [
        'access-control-allow-methods',
        'POST',
        'access-control-allow-headers',
        ALLOWED_HEADERS,
        'access-control-max-age',
        String(MAX_AGE_SECONDS),
      ]
    : [];
  response.send(204, permission, '');
}

/**
 * A response whose head has these fields, whatever its handler says of the same: what an instance has told a balancer is the
 * balancer's to tell, and a browser takes no answer that allows its page twice.
 *
 * @param fields - Those of {@link corsFields}.
 */
export function withCorsFields(response: OutboundResponse, fields: readonly string[]): OutboundResponse {
  return {
    get hasStarted() {
      return response.hasStarted;
    },
    onClose: (callback) => response.onClose(callback),
    closeAfterwards: () => response.closeAfterwards(),
    send: (status, headers, body) => response.send(status, [...withoutCors(headers), ...fields], body),
    begin: (status, headers) => response.begin(status, [...withoutCors(headers), ...fields]),
    write: (chunk) => response.write(chunk),
    onDrain: (callback) => response.onDrain(callback),
    end: (trailers) => response.end(trailers),
    abort: () => response.abort(),
    fault: (error) => response.fault(error),
  };
}

function withoutCors(headers: readonly string[]): string[] {
  const others: string[] = [];
  for (let i = 0; i < headers.length; i += 2) {
    const [name, value] = [(headers[i] as string).toLowerCase(), headers[i + 1] as string];
    const isOurs = LEAVE.has(name) || (name === 'vary' && value.toLowerCase() === 'origin');
    if (!isOurs) others.push(headers[i] as string, value);
  }
  return others;
}
