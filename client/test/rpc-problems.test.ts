import { Code, ConnectError } from '@connectrpc/connect';
import { describe, expect, test } from 'vitest';
import { retryDelayMs } from '../src/retry.js';
import { isAnswer, rpcProblem } from '../src/transport/rpc-problems.js';

const URL_OF_STAGE = 'http://127.0.0.1:8061/process';

/** An error that came over the wire. */
function answered(code: Code, metadata: Record<string, string> = {}, message = 'what is wrong'): ConnectError {
  return Object.assign(new ConnectError(message, code, metadata), { isWireError: true });
}

function failed(code: Code, cause?: unknown): ConnectError {
  return Object.assign(new ConnectError('http/2 stream closed', code), { cause });
}

const isRetried = (error: unknown) => retryDelayMs(error, 1, 0) !== undefined;

describe('an error that the fleet answers', () => {
  test('has the status of its code in the catalogue, whatever the code of gRPC', () => {
    const metadata = { 'x-flotilla-code': 'FLT_REQUEST_TIMEOUT', 'x-failed-stage': 'service2', 'x-request-id': 'one' };
    const problem = rpcProblem(answered(Code.DeadlineExceeded, metadata), URL_OF_STAGE);
    expect(problem).toMatchObject({
      name: 'RefusedError',
      message: 'what is wrong',
      status: 408,
      code: 'FLT_REQUEST_TIMEOUT',
      failedStage: 'service2',
      requestId: 'one',
    });
    expect(isRetried(problem)).toBe(false);
  });

  test.each([
    [Code.Unavailable, 'UNAVAILABLE', 503, true],
    [Code.DeadlineExceeded, 'DEADLINE_EXCEEDED', 504, true],
    [Code.InvalidArgument, 'INVALID_ARGUMENT', 400, false],
    [Code.Unimplemented, 'UNIMPLEMENTED', 501, false],
    [Code.Internal, 'INTERNAL', 500, false],
    [Code.Unknown, 'UNKNOWN', 500, false],
  ])('without a code of the catalogue is judged by that of gRPC: %i', (rpcCode, code, status, retried) => {
    const problem = rpcProblem(answered(rpcCode), URL_OF_STAGE);
    expect(problem).toMatchObject({ name: 'RefusedError', code, status });
    expect(isRetried(problem)).toBe(retried);
  });

  test('may have a code that is not known here, and metadata twice', () => {
    const metadata = { 'x-flotilla-code': 'FLT_LATER, FLT_LATER', 'retry-after': '2, 2' };
    const problem = rpcProblem(answered(Code.Unavailable, metadata, ''), URL_OF_STAGE);
    expect(problem).toMatchObject({ code: 'FLT_LATER', status: 503, retryAfterMs: 2000 });
    expect((problem as Error).message).not.toBe('');
  });

  test('of a proxy before the fleet has no message of the fleet, but a status', () => {
    const proxied = new ConnectError('HTTP 503', Code.Unavailable, { 'content-type': 'text/html' });
    expect(isAnswer(proxied)).toBe(true);
    const message = 'the answer is not that of a fleet (HTTP 503)';
    expect(rpcProblem(proxied, URL_OF_STAGE)).toMatchObject({ name: 'RefusedError', status: 503, message });
  });
});

describe('an error of the connection', () => {
  test.each([
    [
      'with a code of Node',
      failed(Code.Aborted, Object.assign(new Error('reset'), { code: 'ECONNRESET' })),
      'connection reset by peer',
    ],
    ['of HTTP/2', failed(Code.Canceled), 'http/2 stream closed'],
    ['of HTTP/2 that looks like an answer', failed(Code.Unavailable), 'http/2 stream closed'],
  ])('makes another address be asked: %s', (_what, error, reason) => {
    const message = `the connection to http://127.0.0.1:8061 failed: ${reason}`;
    expect(rpcProblem(error, URL_OF_STAGE)).toMatchObject({ name: 'ConnectionError', message });
    expect(isAnswer(error)).toBe(false);
  });
});

test('an answer that cannot be read is final', () => {
  const problem = rpcProblem(new ConnectError('cannot decode', Code.InvalidArgument), URL_OF_STAGE);
  expect(problem).toMatchObject({ name: 'ClientError', message: expect.stringContaining('cannot decode') });
  expect(isRetried(problem)).toBe(false);
});

test('a bug stays a bug', () => {
  const bug = new TypeError('x is not a function');
  expect(rpcProblem(failed(Code.Internal, bug), URL_OF_STAGE)).toBe(bug);
  expect(rpcProblem(bug, URL_OF_STAGE)).toBe(bug);
});
