import { Code, ConnectError } from '@connectrpc/connect';
import { header, MAX_MESSAGE_BYTES, type ProblemCode } from '@flotilla/contracts';

/** Bytes that are no message. */
export function malformed(why: string): ConnectError {
  return blamed('FLT_INVALID_REQUEST', `parse binary: ${why}`, Code.InvalidArgument);
}

/** A message without the encoding that it is compressed in. */
export function compressed(): ConnectError {
  const why = 'received compressed envelope, but do not know how to decompress';
  return blamed('FLT_INVALID_REQUEST', why, Code.InvalidArgument);
}

/** A message beyond the limit. @param bytes - How long it is; undefined: not all of it is known. */
export function messageTooLarge(
  bytes: number | undefined,
  setting: 'readMaxBytes' | 'writeMaxBytes',
  maxBytes = MAX_MESSAGE_BYTES,
): ConnectError {
  const size = bytes === undefined ? '' : ` ${bytes}`;
  const why = `message size${size} is larger than configured ${setting} ${maxBytes}`;
  return blamed('FLT_BODY_TOO_LARGE', why, Code.ResourceExhausted);
}

/** A request that ended within a message. */
export function incomplete(): ConnectError {
  return new ConnectError('protocol error: incomplete envelope', Code.InvalidArgument);
}

/** A request with no message, or with more than one. */
export function notOneMessage(which: 'missing' | 'received extra'): ConnectError {
  return new ConnectError(`protocol error: ${which} input message for unary method`, Code.Unimplemented);
}

export function timedOut(): ConnectError {
  return new ConnectError('the operation timed out', Code.DeadlineExceeded);
}

export function clientLeft(): ConnectError {
  return new ConnectError('the client has left', Code.Canceled);
}

/** With a code, so that a balancer does not take it for the instance's own failure. */
function blamed(problem: ProblemCode, message: string, code: Code): ConnectError {
  return new ConnectError(message, code, { [header.code]: problem });
}
