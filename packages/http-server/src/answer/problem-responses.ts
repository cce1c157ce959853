import { FlotillaError, PROBLEM_MEDIA_TYPE, type ProblemCode, problemBody } from '@flotilla/contracts';
import { describeError } from '@flotilla/process';
import type { FastifyBaseLogger, FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AllowedMethods } from './allowed-methods.js';

/** Fastify's and Node's own errors, in the catalogue's terms. Any other 4xx of theirs is a malformed request. */
const FOREIGN_CODES: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'FLT_UNSUPPORTED_MEDIA_TYPE',
  HPE_HEADER_OVERFLOW: 'FLT_HEADERS_TOO_LARGE',
  ERR_HTTP_REQUEST_TIMEOUT: 'FLT_REQUEST_TIMEOUT',
  HPE_INVALID_EOF_STATE: 'FLT_BODY_INCOMPLETE',
};

/** Answers every error of an app as RFC 9457 problem details. Registered before the routes, which it takes note of. */
export function registerProblems(app: FastifyInstance): void {
  // `hasRoute` would read a caller's path as a pattern, and throw at one such as `/:(`.
  const allowed = new AllowedMethods();
  app.addHook('onRoute', ({ url, method }) => allowed.add(url, method));
  app.setErrorHandler((error: FastifyError, request, reply) =>
    sendProblem(asProblem(error, request.context?.requestId, request.log), request, reply),
  );
  app.setNotFoundHandler((request, reply) => sendProblem(notFound(allowed.of(request.url)), request, reply));
}

/** The catalogue's word for an error of Fastify or Node that has one. */
export function problemOfForeign(error: unknown): FlotillaError | undefined {
  const known = FOREIGN_CODES[(error as NodeJS.ErrnoException).code ?? ''];
  return known && new FlotillaError(known);
}

/** Turns whatever was thrown into an error of the catalogue. The unexpected is logged, without its message. */
export function asProblem(error: unknown, requestId: string, log: FastifyBaseLogger): FlotillaError {
  if (error instanceof FlotillaError) return error;
  const known = problemOfForeign(error);
  if (known) return known;
  const { statusCode = 500 } = error as Partial<FastifyError>;
  if (statusCode >= 400 && statusCode < 500) return new FlotillaError('FLT_MALFORMED_HTTP');
  log.error({ request_id: requestId, error: describeError(error) }, 'unexpected error');
  return new FlotillaError('FLT_INTERNAL');
}

/** Answers with a problem. A request that Fastify refuses before its hooks have run has no trail yet. */
export function sendProblem(problem: FlotillaError, request: FastifyRequest, reply: FastifyReply) {
  return reply
    .code(problem.statusCode)
    .headers(problem.headers)
    .type(PROBLEM_MEDIA_TYPE)
    .send(JSON.stringify(problemBody(problem, request.context?.requestId ?? request.id)));
}

function notFound(allowed: readonly string[]): FlotillaError {
  if (allowed.length === 0) return new FlotillaError('FLT_ROUTE_NOT_FOUND');
  const allow = allowed.join(', ');
  return new FlotillaError('FLT_METHOD_NOT_ALLOWED', `This route takes ${allow}.`, {}, { allow });
}
