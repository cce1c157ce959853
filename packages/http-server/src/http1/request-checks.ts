import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { FlotillaError } from '@flotilla/contracts';
import type { FastifyInstance } from 'fastify';
import type { AccessLogSinks } from '../access-log/request-context.js';
import { refuseConnection } from '../answer/connection-errors.js';
import { faultOfConnection, optionsOf } from '../message/field-checks.js';
import { closing, HOST, problemOfExpectation, problemOfHead } from '../message/head-checks.js';
import { normalisedTarget } from '../message/target.js';
import { guardedListener } from './node-context.js';

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
  const problem = problemOfHead(request, maxHeaders);
  if (problem) return problem;
  const fault = faultOfValues(request);
  if (fault !== undefined) return closing('FLT_MALFORMED_HTTP', fault);
  // In HTTP/1.0 an expectation is ignored (RFC 9110, 10.1.1).
  return request.httpVersionMinor === 0 ? undefined : problemOfExpectation(request.headers.expect);
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

/**
 * Whether a request asks for an upgrade, which is never granted here. Behind such a one Node's parser drops what came in the
 * same packet, and would begin the next request in the middle of something. Without `Connection: upgrade`, an `Upgrade`
 * asks for nothing (RFC 9110, 7.8).
 */
function isUpgradeAsked({ headers: { upgrade, connection } }: IncomingMessage): boolean {
  if (upgrade === undefined || connection === undefined) return false;
  return optionsOf(connection).some((option) => option.toLowerCase() === 'upgrade');
}

/** What a request's target comes to. */
export function targetOf({ url = '', headers }: IncomingMessage): string {
  return normalisedTarget(url, headers.host);
}

/**
 * Node answers an unknown `Expect` by an empty 417, and `CONNECT` by a closed connection; both get a problem. And it
 * sends a 100 before anyone has looked at the request; here only what is not refused gets one.
 */
export function refuseWhatNodeRefuses(app: FastifyInstance, maxHeaders: number, sinks: AccessLogSinks): void {
  const { server } = app;
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  const goOn = (request: IncomingMessage, response: ServerResponse) => {
    request.url = targetOf(request);
    if (!refusal(request, response, maxHeaders)) response.writeContinue();
    server.emit('request', request, response);
  };
  server.on('checkContinue', guardedListener(sinks, goOn));
  server.on('connect', (_request, socket) => {
    socket.on('error', () => socket.destroy());
    refuseConnection(new FlotillaError('FLT_MALFORMED_HTTP', 'This is no proxy for CONNECT.'), socket);
  });
}
