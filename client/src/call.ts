import { reasonOfCode } from '@flotilla/terminal/system-error';
import { ClientError, ConnectionError, NoAnswerError, START_FLEET } from './problems.js';

/** How a request is made, whatever transport it takes. */
export interface CallOptions {
  /** Time for one try, from its first byte to the end of its answer. */
  readonly timeoutMs: number;
  /** Aborted when the user interrupts the command. */
  readonly signal?: AbortSignal | undefined;
  /** Told why an address gave no answer when another one is asked. */
  readonly movedOn?: (error: ConnectionError) => void;
}

/** Time to open a connection. The fleet is near; a host that does not answer in this time is not there. */
export const CONNECT_TIMEOUT_MS = 5000;

/**
 * Makes one try, within its time.
 *
 * @param work - Ends when its signal is aborted.
 * @param translate - Makes an error of the transport's library one of ours.
 * @throws NoAnswerError when the time is over; the reason of the abort when the user interrupts.
 */
export async function tryOnce<Result>(
  url: string,
  call: CallOptions,
  work: (signal: AbortSignal) => Promise<Result>,
  translate: (error: unknown) => unknown,
): Promise<Result> {
  call.signal?.throwIfAborted();
  // Not AbortSignal.timeout and AbortSignal.any: what they hold is held until the time is over, however soon the answer.
  const end = new AbortController();
  let isTimeOver = false;
  const timer = setTimeout(() => {
    isTimeOver = true;
    end.abort();
  }, call.timeoutMs);
  const interrupt = () => end.abort(call.signal?.reason);
  call.signal?.addEventListener('abort', interrupt);
  try {
    return await work(end.signal);
  } catch (error) {
    call.signal?.throwIfAborted();
    throw isTimeOver ? timedOut(url, call.timeoutMs, error) : translate(error);
  } finally {
    clearTimeout(timer);
    call.signal?.removeEventListener('abort', interrupt);
  }
}

function timedOut(url: string, timeoutMs: number, cause: unknown): NoAnswerError {
  return new NoAnswerError(`${new URL(url).origin} did not answer within ${timeoutMs} ms`, undefined, { cause });
}

/** What mends a connection that fails, by what the system or the library calls it. */
const fixes: Readonly<Record<string, string>> = {
  ERR_HTTP2_ERROR: 'The server there may not speak gRPC. Another way: --transport rest',
};

/** The answer to the first bytes of TLS was none of TLS. */
const NO_TLS = /^(EPROTO|ERR_SSL_WRONG_VERSION_NUMBER|ERR_SSL_PACKET_LENGTH_TOO_LONG)$/;
/** Errors of TLS have a code and no call of the system: `ERR_SSL_…`, `CERT_HAS_EXPIRED`. */
const OF_TLS = /^(EPROTO$|ERR_SSL_|ERR_TLS_)|CERT/;

/** Whether an error's code is one that a connection of TLS fails with. */
export const isOfTls = (code: string | undefined): boolean => code !== undefined && OF_TLS.test(code);

/** @param reason - What the system or the library calls it: `ECONNREFUSED`. */
export function connectionFailed(url: string, reason: string, cause: unknown): ConnectionError {
  const { origin } = new URL(url);
  if (reason === 'ECONNREFUSED') return new ConnectionError(`nothing listens at ${origin}`, START_FLEET, { cause });
  if (NO_TLS.test(reason)) {
    const fix = 'A fleet speaks no TLS itself: --url http://host:port';
    return new ConnectionError(`what listens at ${origin} does not speak TLS`, fix, { cause });
  }
  const message = `the connection to ${origin} failed: ${reasonOfCode(reason) ?? reason}`;
  return new ConnectionError(message, fixes[reason], { cause });
}

/** The error for an answer that is not what the contract says, or contradicts itself. */
export function unusableAnswer(reason: string): ClientError {
  return new ClientError(`the answer of the fleet cannot be used: ${reason}`);
}
