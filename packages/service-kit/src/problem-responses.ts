import type { Socket } from 'node:net';
import {
  FlotillaError,
  header,
  isHeaderSafeId,
  PROBLEM_MEDIA_TYPE,
  type ProblemCode,
  problemBody,
} from '@flotilla/contracts';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { describeError } from './log.js';

/** Fastify's and Node's own errors, in the catalogue's terms. Any other 4xx of theirs is a malformed request. */
const FOREIGN_CODES: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'FLT_UNSUPPORTED_MEDIA_TYPE',
  HPE_HEADER_OVERFLOW: 'FLT_HEADERS_TOO_LARGE',
  ERR_HTTP_REQUEST_TIMEOUT: 'FLT_REQUEST_TIMEOUT',
  HPE_INVALID_EOF_STATE: 'FLT_BODY_INCOMPLETE',
};

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** Answers every error of an app as RFC 9457 problem details. */
export function registerProblems(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, request, reply) => sendProblem(asProblem(error, request), request, reply));
  app.setNotFoundHandler((request, reply) => sendProblem(notFound(app, request), request, reply));
}

/** Turns whatever was thrown into an error of the catalogue. The unexpected is logged, without its message. */
export function asProblem(error: unknown, request: FastifyRequest): FlotillaError {
  if (error instanceof FlotillaError) return error;
  const { code = '', statusCode = 500 } = error as Partial<FastifyError>;
  const known = FOREIGN_CODES[code];
  if (known) return new FlotillaError(known);
  if (statusCode >= 400 && statusCode < 500) return new FlotillaError('FLT_MALFORMED_HTTP');
  request.log.error({ request_id: request.trail.requestId, error: describeError(error) }, 'unexpected error');
  return new FlotillaError('FLT_INTERNAL');
}

/** Answers with a problem. A request that Fastify refuses before its hooks have run has no trail yet. */
export function sendProblem(problem: FlotillaError, request: FastifyRequest, reply: FastifyReply) {
  return reply
    .code(problem.statusCode)
    .headers(problem.headers)
    .type(PROBLEM_MEDIA_TYPE)
    .send(JSON.stringify(problemBody(problem, request.trail?.requestId ?? request.id)));
}

function notFound(app: FastifyInstance, request: FastifyRequest): FlotillaError {
  const [url = '/'] = request.url.split('?', 1);
  const allowed = METHODS.filter((method) => app.hasRoute({ url, method }));
  if (allowed.length === 0) return new FlotillaError('FLT_ROUTE_NOT_FOUND');
  const allow = allowed.join(', ');
  return new FlotillaError('FLT_METHOD_NOT_ALLOWED', `This route takes ${allow}.`, {}, { allow });
}

/**
 * Answers what Node's parser refuses before there is a request: Fastify's `clientErrorHandler`. The connection is
 * closed, since where the next request would begin is not known.
 */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const code = FOREIGN_CODES[error.code ?? ''] ?? 'FLT_MALFORMED_HTTP';
  const problem = new FlotillaError(code);
  const body = JSON.stringify(problemBody(problem));
  socket.end(
    `HTTP/1.1 ${problem.statusCode} ${problemBody(problem).title}\r\ncontent-type: ${PROBLEM_MEDIA_TYPE}\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

/** Response headers of a problem that is written past Fastify, to a raw response. */
export function problemHeaders(problem: FlotillaError, requestId: string): Record<string, string> {
  const id: Record<string, string> = isHeaderSafeId(requestId) ? { [header.requestId]: requestId } : {};
  return { ...problem.headers, ...id, 'content-type': PROBLEM_MEDIA_TYPE };
}
