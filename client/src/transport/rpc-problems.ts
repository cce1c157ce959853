import { Code, ConnectError } from '@connectrpc/connect';
import { header, type ProblemCode, problems, rpcCodes } from '@flotilla/contracts';
import { connectionFailed, unusableAnswer } from '../call.js';
import { RefusedError } from '../problems.js';
import { parseRetryAfterMs } from '../retry.js';

/** The metadata that names an error of the catalogue. */
const PROBLEM_CODE = 'x-flotilla-code';

/** The status that REST has for an error which no code of the catalogue comes with. 500 where none is named. */
const statusOf: Partial<Record<Code, number>> = {
  [Code.Canceled]: 499,
  [Code.InvalidArgument]: 400,
  [Code.DeadlineExceeded]: 504,
  [Code.NotFound]: 404,
  [Code.AlreadyExists]: 409,
  [Code.PermissionDenied]: 403,
  [Code.ResourceExhausted]: 429,
  [Code.FailedPrecondition]: 400,
  [Code.Aborted]: 409,
  [Code.OutOfRange]: 400,
  [Code.Unimplemented]: 501,
  [Code.Unavailable]: 503,
  [Code.Unauthenticated]: 401,
};

/** What the library makes of an answer that came and that it cannot read. */
const UNREADABLE: ReadonlySet<Code> = new Set([Code.InvalidArgument, Code.Unknown]);

/** Whether an error is what the other side answered, and not what befell the connection. */
export function isAnswer(error: unknown): boolean {
  return error instanceof ConnectError && (error.isWireError || [...error.metadata.keys()].length > 0);
}

/**
 * Makes an error of Connect's library one of the client's: such as REST gives of the same cause, so that it is retried,
 * failed over and told in the same way. Any other error stays what it is.
 */
export function rpcProblem(error: unknown, url: string): unknown {
  if (!(error instanceof ConnectError)) return error;
  if (error.isWireError) return refusal(error);
  const causes = causesOf(error);
  const code = causes.map(codeOf).find((each) => each !== undefined);
  if (code !== undefined) return connectionFailed(url, code, error);
  // An error without a code of Node is the client's own, as of a text that cannot be read, or a bug: shown as such.
  const [own] = causes.filter((cause) => !(cause instanceof ConnectError));
  if (own) return own;
  if (UNREADABLE.has(error.code)) return unusableAnswer(error.rawMessage);
  return isAnswer(error) ? refusal(error) : connectionFailed(url, error.rawMessage, error);
}

function refusal({ code, metadata, rawMessage, isWireError }: ConnectError): RefusedError {
  const name = first(metadata, PROBLEM_CODE);
  const status = isProblemCode(name) ? problems[name].status : (statusOf[code] ?? 500);
  const told = rawMessage || 'the answer is an error and does not say more';
  const message = isWireError ? told : `the answer is not that of a fleet (${told})`;
  return new RefusedError(message, status, {
    code: name ?? nameOf(code),
    requestId: first(metadata, header.requestId),
    failedStage: first(metadata, header.failedStage),
    retryAfterMs: parseRetryAfterMs(first(metadata, 'retry-after')),
  });
}

/** As gRPC writes it: `UNAVAILABLE`. */
function nameOf(code: Code): string | undefined {
  return Object.entries(rpcCodes).find(([, number]) => number === Number(code))?.[0];
}

function isProblemCode(name: string | undefined): name is ProblemCode {
  return name !== undefined && Object.hasOwn(problems, name);
}

/** What stands both before and behind a message is in an error's metadata twice, with a comma between. */
function first(metadata: Headers, name: string): string | undefined {
  return metadata.get(name)?.split(',')[0]?.trim() || undefined;
}

/** The errors behind an error, nearest first. */
function causesOf(error: Error): Error[] {
  const causes: Error[] = [];
  for (let cause = error.cause; cause instanceof Error && !causes.includes(cause); cause = cause.cause) {
    causes.push(cause);
  }
  return causes;
}

/** The code of an error of Node; the codes of Connect are numbers. */
function codeOf(error: Error): string | undefined {
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === 'string' ? code : undefined;
}
