import type { Problem } from './shapes.js';

interface CatalogueEntry {
  readonly status: number;
  readonly title: string;
  /** What mends it. Ends every answer's `detail`. */
  readonly fix: string;
}

/** Every error that leaves a process. `docs/errors.md` is generated from it. */
export const problems = {
  FLT_INVALID_JSON: {
    status: 400,
    title: 'The body is not a JSON object',
    fix: 'Send one JSON object, encoded as RFC 8259 says.',
  },
  FLT_INVALID_UTF8: {
    status: 400,
    title: 'The body is not valid UTF-8',
    fix: 'Encode the body as UTF-8, or escape what is not ASCII as \\uXXXX.',
  },
  FLT_INVALID_REQUEST: {
    status: 400,
    title: 'The body does not have the shape that this route takes',
    fix: 'See /openapi.json for the shape.',
  },
  FLT_INVALID_QUERY: {
    status: 400,
    title: 'A query parameter has a value that this route does not know',
    fix: 'Leave it out, or send include=frequencies.',
  },
  FLT_BODY_INCOMPLETE: {
    status: 400,
    title: 'The body ended before its announced end',
    fix: 'Send as many bytes as Content-Length says, or end the chunked body with its last chunk.',
  },
  FLT_INVALID_ENCODING: {
    status: 400,
    title: 'The body is not the gzip that it says it is',
    fix: 'Send it whole, as RFC 1952 says, or not compressed and without saying so.',
  },
  FLT_MALFORMED_HTTP: {
    status: 400,
    title: 'The request is not well-formed HTTP/1.1',
    fix: 'Send the request as RFC 9112 says.',
  },
  FLT_UNAUTHORIZED: {
    status: 401,
    title: 'The route takes a token, and this is not it',
    fix: 'Send "authorization: Bearer …" with the balancer’s FLOTILLA_ADMIN_TOKEN.',
  },
  FLT_INSTANCE_NOT_FOUND: {
    status: 404,
    title: 'There is no instance of that name here',
    fix: 'See /stats for the names.',
  },
  FLT_ROUTE_NOT_FOUND: {
    status: 404,
    title: 'There is no such route here',
    fix: 'See /openapi.json for the routes.',
  },
  FLT_RPC_UNKNOWN: {
    status: 404,
    title: 'There is no such remote procedure here',
    fix: 'Ask server reflection for the methods, or see the .proto files.',
  },
  FLT_METHOD_NOT_ALLOWED: {
    status: 405,
    title: 'The route does not take this method',
    fix: 'Use the method that the Allow header names.',
  },
  FLT_REQUEST_TIMEOUT: {
    status: 408,
    title: 'The request took too long to arrive',
    fix: 'Send the headers and the body without long pauses.',
  },
  FLT_BODY_TOO_LARGE: {
    status: 413,
    title: 'The body is larger than the limit',
    fix: 'Cut the text at white space and merge the answers, as the client does, or raise the limit that is named here.',
  },
  FLT_TARGET_TOO_LONG: {
    status: 414,
    title: 'The target of the request is too long',
    fix: 'Send what is long in the body.',
  },
  FLT_UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    title: 'The body is of a type that this route does not take',
    fix: 'Send JSON in UTF-8 with "content-type: application/json", or a text with "content-type: text/plain; charset=utf-8".',
  },
  FLT_UNSUPPORTED_ENCODING: {
    status: 415,
    title: 'The body is compressed in a way that is not taken here',
    fix: 'Send it as gzip, or as it is.',
  },
  FLT_EXPECTATION_FAILED: {
    status: 417,
    title: 'The request expects what cannot be met',
    fix: 'Leave out Expect, or send "expect: 100-continue".',
  },
  FLT_WORD_TOO_LONG: {
    status: 422,
    title: 'A word is longer than the limit',
    fix: 'Separate words by white space, or raise FLOTILLA_MAX_WORD_BYTES.',
  },
  FLT_TOO_MANY_UNIQUE_WORDS: {
    status: 422,
    title: 'The text has more different words than the limit',
    fix: 'Cut the text into parts, or raise FLOTILLA_MAX_UNIQUE_WORDS.',
  },
  FLT_HEADERS_TOO_LARGE: {
    status: 431,
    title: 'The request has too many or too large headers',
    fix: 'Send fewer or shorter headers.',
  },
  FLT_INTERNAL: {
    status: 500,
    title: 'The process met an error of its own',
    fix: 'Look for the request id in the log of the service that is named here.',
  },
  FLT_INSTANCES_FAILED: {
    status: 502,
    title: 'Every instance was tried, and none gave an answer that can be used',
    fix: 'Look at the attempts, at /stats, and at the logs of the instances that are named.',
  },
  FLT_INSTANCES_UNREACHABLE: {
    status: 503,
    title: 'No instance can be reached',
    fix: 'Start the instances that are named, and send the request again.',
  },
  FLT_OVERLOADED: {
    status: 503,
    title: 'As many requests are under way and waiting as there may be',
    fix: 'Send the request again after the time that Retry-After gives, or raise the limits on what is under way and what waits.',
  },
  FLT_INSTANCES_TIMED_OUT: {
    status: 504,
    title: 'Every instance was tried, and none answered in time',
    fix: 'Look at the load of the instances that are named, or raise the time-out.',
  },
  FLT_NEXT_STAGE_FAILED: {
    status: 502,
    title: 'A stage further down gave no answer that can be used',
    fix: 'Look at the log of the stage that x-failed-stage names.',
  },
  FLT_NEXT_STAGE_UNREACHABLE: {
    status: 503,
    title: 'A stage further down cannot be reached',
    fix: 'Start the stage that x-failed-stage names, and send the request again.',
  },
  FLT_NEXT_STAGE_TIMED_OUT: {
    status: 504,
    title: 'A stage further down did not answer in time',
    fix: 'Look at the load of the stage that x-failed-stage names, or raise the time-out.',
  },
} as const satisfies Record<string, CatalogueEntry>;

export type ProblemCode = keyof typeof problems;

/** Members of a problem response beside those of the catalogue. */
export type ProblemExtra = Pick<Problem, 'failed_stage' | 'attempts'>;

/** An error that is told to the caller as a problem response. */
export class FlotillaError extends Error {
  readonly code: ProblemCode;
  readonly statusCode: number;
  readonly extra: ProblemExtra;
  /** Response headers that belong to the error, such as `allow`. */
  readonly headers: Readonly<Record<string, string>>;

  /**
   * @param code - The catalogue's code; it decides the status.
   * @param reason - What is wrong in this case: a sentence that never quotes the user's text. Empty: the title.
   */
  constructor(code: ProblemCode, reason = '', extra: ProblemExtra = {}, headers: Record<string, string> = {}) {
    super(reason || `${problems[code].title}.`);
    this.name = 'FlotillaError';
    this.code = code;
    this.statusCode = problems[code].status;
    this.extra = extra;
    this.headers = headers;
  }
}

/** The RFC 9457 body of an error. */
export function problemBody(error: FlotillaError, requestId?: string): Problem {
  const { status, title, fix } = problems[error.code];
  return {
    type: `urn:flotilla:problem:${error.code}`,
    title,
    status,
    detail: `${error.message} ${fix}`,
    code: error.code,
    ...(requestId === undefined ? {} : { request_id: requestId }),
    ...error.extra,
  };
}

/** Media type of a problem response (RFC 9457, section 3). */
export const PROBLEM_MEDIA_TYPE = 'application/problem+json; charset=utf-8';
