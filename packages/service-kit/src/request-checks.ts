import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { FlotillaError, type ProblemCode } from '@flotilla/contracts';
import type { FastifyInstance } from 'fastify';
import { refuseConnection } from './connection-errors.js';
import { faultOfConnection, faultOfNames, optionsOf } from './field-checks.js';
import { faultOfTarget, MAX_TARGET_BYTES, normalisedTarget } from './target.js';

/** A host name or an address, and a port up to 65535 that may be empty (RFC 3986, 3.2.2 and 3.2.3). */
export const HOST =
  /^(?:[\w.-]+|\[[0-9A-Fa-f:.]+\])(?::(?:\d{0,4}|[0-5]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5]))?$/;

/**
 * The last request of a connection, where it is not the client that says which it is. Node's parser goes on behind it:
 * what came in the same packet would be read as requests, and be forwarded.
 */
const lastRequests = new WeakMap<Socket, IncomingMessage>();

/**
 * What Node's parser lets pass, and another hop may read in another way: where a request ends, or whom it is for.
 * Such a request goes nowhere, nor does what comes behind it, and its connection is closed.
 * `docs/malformed-requests.md` lists what is refused. It runs for every request.
 *
 * @returns Why it is refused, or undefined.
 */
export function refusal(
  request: IncomingMessage,
  response: ServerResponse,
  maxHeaders: number,
): FlotillaError | undefined {
  const last = lastRequests.get(request.socket);
  if (last !== undefined && last !== request) {
    return closing('FLT_MALFORMED_HTTP', 'The request came behind one that ended its connection.');
  }
  const problem = problemOf(request, maxHeaders);
  if (problem || isUpgradeAsked(request)) {
    endConnectionAfter(request);
    response.shouldKeepAlive = false;
  }
  return problem;
}

/** Lets nothing pass that comes behind this request on its connection. Closing it is up to the answer. */
export function endConnectionAfter(request: IncomingMessage): void {
  lastRequests.set(request.socket, request);
}

function problemOf(request: IncomingMessage, maxHeaders: number): FlotillaError | undefined {
  if (request.rawHeaders.length > 2 * maxHeaders) {
    return closing('FLT_HEADERS_TOO_LARGE', `A request may have ${maxHeaders} headers.`);
  }
  const url = request.url ?? '';
  if (url.length > MAX_TARGET_BYTES) {
    return closing('FLT_TARGET_TOO_LONG', `A target may have ${MAX_TARGET_BYTES} bytes.`);
  }
  const fault = faultOfTarget(request.method, url) ?? faultOfNames(request.rawHeaders) ?? faultOfValues(request);
  if (fault !== undefined) return closing('FLT_MALFORMED_HTTP', fault);
  return isExpectationMet(request) ? undefined : closing('FLT_EXPECTATION_FAILED', '');
}

function closing(code: ProblemCode, reason: string): FlotillaError {
  return new FlotillaError(code, reason, {}, { connection: 'close' });
}

function faultOfValues(request: IncomingMessage): string | undefined {
  const { headers, httpVersionMajor, httpVersionMinor } = request;
  if (httpVersionMajor !== 1) return 'The request names no version of HTTP/1.';
  const isOld = httpVersionMinor === 0;
  const { host, connection, 'content-length': length, 'transfer-encoding': coding } = headers;
  if (host === undefined) {
    if (!isOld) return 'The request has no Host header.';
  } else if (!HOST.test(host)) return 'The Host header is no host and port.';
  if (coding !== undefined) {
    if (isOld) return 'HTTP/1.0 has no Transfer-Encoding.';
    if (coding.toLowerCase() !== 'chunked') return 'Transfer-Encoding takes chunked.';
  }
  // Some read it as octal.
  if (length !== undefined && length.length > 1 && length.startsWith('0')) return 'Content-Length begins with 0.';
  return connection === undefined || connection === 'keep-alive' || connection === 'close'
    ? undefined
    : faultOfConnection(connection);
}

/** In HTTP/1.0 an expectation is ignored (RFC 9110, 10.1.1). */
function isExpectationMet({ headers: { expect }, httpVersionMinor }: IncomingMessage): boolean {
  return expect === undefined || httpVersionMinor === 0 || expect.toLowerCase() === '100-continue';
}

/**
 * Whether a request asks for an upgrade, which nobody here grants. Behind such a one Node's parser drops what came in the
 * same packet, and would begin the next request in the middle of something. Without `Connection: upgrade`, an `Upgrade`
 * asks for nothing (RFC 9110, 7.8).
 */
function isUpgradeAsked({ headers: { upgrade, connection } }: IncomingMessage): boolean {
  if (upgrade === undefined || connection === undefined) return false;
  return optionsOf(connection).some((option) => option.toLowerCase() === 'upgrade');
}

/**
 * Node answers an unknown `Expect` by an empty 417, and `CONNECT` by a closed connection; both get a problem. And it
 * sends a 100 before anyone has looked at the request; here only what is not refused gets one.
 */
export function refuseWhatNodeRefuses(app: FastifyInstance, maxHeaders: number): void {
  const { server } = app;
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  server.on('checkContinue', (request, response) => {
    request.url = normalisedTarget(request);
    if (!refusal(request, response, maxHeaders)) response.writeContinue();
    server.emit('request', request, response);
  });
  server.on('connect', (_request, socket) => {
    socket.on('error', () => socket.destroy());
    refuseConnection(new FlotillaError('FLT_MALFORMED_HTTP', 'This is no proxy for CONNECT.'), socket);
  });
}
