/** Header names of the pipeline, in the lower case in which Node hands them over. */
export const header = {
  /** The request's id: taken from the caller or made at the first hop, passed on, and set on every answer. */
  requestId: 'x-request-id',
  /** Set on a 502, 503 or 504 that tells of a failure further down: the service that could not be reached. Such an answer is not retried, and counts against no instance. */
  failedStage: 'x-failed-stage',
  /** What is left of the request's time, in ms. A hop takes the smaller of this and its own limit, and passes on the rest. */
  deadline: 'x-request-deadline-ms',
  /** The instances that worked on the request, outermost first: `service1a, service2c, service3b, service4a`. */
  servedBy: 'x-served-by',
  /** The catalogue's code of an error that is told by gRPC or Connect, which have no room for it. */
  code: 'x-flotilla-code',
} as const;

const SAFE_REQUEST_ID = /^[A-Za-z0-9._~:-]{1,128}$/;

/** Whether an id may stand in a header: 1 to 128 characters of `[A-Za-z0-9._~:-]`. No other string ever does. */
export function isHeaderSafeId(id: string): boolean {
  return SAFE_REQUEST_ID.test(id);
}
