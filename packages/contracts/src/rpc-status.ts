import type { FlotillaError, ProblemCode } from './problems.js';

/** The status codes of gRPC (github.com/grpc/grpc/blob/master/doc/statuscodes.md), by their names on paper. */
export const rpcCodes = {
  OK: 0,
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const;

export type RpcCodeName = keyof typeof rpcCodes;

/** What each error of the catalogue is over gRPC and Connect. */
export const rpcCodeOf: Readonly<Record<ProblemCode, RpcCodeName>> = {
  FLT_INVALID_JSON: 'INVALID_ARGUMENT',
  FLT_INVALID_UTF8: 'INVALID_ARGUMENT',
  FLT_INVALID_REQUEST: 'INVALID_ARGUMENT',
  FLT_INVALID_QUERY: 'INVALID_ARGUMENT',
  FLT_BODY_INCOMPLETE: 'CANCELLED',
  FLT_INVALID_ENCODING: 'INVALID_ARGUMENT',
  FLT_MALFORMED_HTTP: 'INVALID_ARGUMENT',
  FLT_UNAUTHORIZED: 'UNAUTHENTICATED',
  FLT_INSTANCE_NOT_FOUND: 'NOT_FOUND',
  FLT_ROUTE_NOT_FOUND: 'UNIMPLEMENTED',
  FLT_RPC_UNKNOWN: 'UNIMPLEMENTED',
  FLT_METHOD_NOT_ALLOWED: 'UNIMPLEMENTED',
  FLT_REQUEST_TIMEOUT: 'DEADLINE_EXCEEDED',
  FLT_BODY_TOO_LARGE: 'RESOURCE_EXHAUSTED',
  FLT_TARGET_TOO_LONG: 'INVALID_ARGUMENT',
  FLT_UNSUPPORTED_MEDIA_TYPE: 'INVALID_ARGUMENT',
  FLT_UNSUPPORTED_ENCODING: 'UNIMPLEMENTED',
  FLT_EXPECTATION_FAILED: 'INVALID_ARGUMENT',
  FLT_WORD_TOO_LONG: 'INVALID_ARGUMENT',
  FLT_TOO_MANY_UNIQUE_WORDS: 'RESOURCE_EXHAUSTED',
  FLT_HEADERS_TOO_LARGE: 'RESOURCE_EXHAUSTED',
  FLT_INTERNAL: 'INTERNAL',
  FLT_INSTANCES_FAILED: 'UNAVAILABLE',
  FLT_INSTANCES_UNREACHABLE: 'UNAVAILABLE',
  FLT_OVERLOADED: 'UNAVAILABLE',
  FLT_INSTANCES_TIMED_OUT: 'DEADLINE_EXCEEDED',
  FLT_NEXT_STAGE_FAILED: 'UNAVAILABLE',
  FLT_NEXT_STAGE_UNREACHABLE: 'UNAVAILABLE',
  FLT_NEXT_STAGE_TIMED_OUT: 'DEADLINE_EXCEEDED',
};

/** The HTTP status of each code (connectrpc.com/docs/protocol#error-codes); 499 is nginx's for a client that left. */
const HTTP_STATUS: Readonly<Record<number, number>> = {
  [rpcCodes.OK]: 200,
  [rpcCodes.CANCELLED]: 499,
  [rpcCodes.INVALID_ARGUMENT]: 400,
  [rpcCodes.DEADLINE_EXCEEDED]: 504,
  [rpcCodes.NOT_FOUND]: 404,
  [rpcCodes.ALREADY_EXISTS]: 409,
  [rpcCodes.PERMISSION_DENIED]: 403,
  [rpcCodes.RESOURCE_EXHAUSTED]: 429,
  [rpcCodes.FAILED_PRECONDITION]: 400,
  [rpcCodes.ABORTED]: 409,
  [rpcCodes.OUT_OF_RANGE]: 400,
  [rpcCodes.UNIMPLEMENTED]: 501,
  [rpcCodes.UNAVAILABLE]: 503,
  [rpcCodes.UNAUTHENTICATED]: 401,
};

/** What a code of gRPC would be over HTTP: what Connect answers, and what logs and metrics count it as. */
export function httpStatusOfRpc(code: number): number {
  return HTTP_STATUS[code] ?? 500;
}

/** The status of gRPC that an error is told with. */
export function rpcStatusOf({ code }: FlotillaError): { readonly name: RpcCodeName; readonly code: number } {
  const name = rpcCodeOf[code];
  return { name, code: rpcCodes[name] };
}
