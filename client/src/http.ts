import { header, problem } from '@flotilla/contracts';
import { Agent, type Dispatcher, errors, request } from 'undici';
import { type CallOptions, CONNECT_TIMEOUT_MS, connectionFailed, isOfTls, tryOnce } from './call.js';
import { ClientError, RefusedError } from './problems.js';
import { parseRetryAfterMs } from './retry.js';

/** How a request is made over HTTP. */
export interface HttpOptions extends CallOptions {
  readonly dispatcher: Dispatcher;
}

/** Connections for requests, until its owner destroys it. */
export function openDispatcher(): Dispatcher {
  // Every request in flight has a connection of its own: one request behind another would spoil the times.
  return new Agent({ pipelining: 1, connect: { timeout: CONNECT_TIMEOUT_MS } });
}

/** A body that is made as it is sent, so that it can be sent again. */
export interface StreamedBody {
  readonly contentType: string;
  readonly contentLength: number;
  /** @throws ClientError when the body cannot be made; the request then fails with it. */
  chunks(): AsyncIterable<Uint8Array>;
}

/** An answer of status 200. */
export interface Answered {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: AsyncIterable<Uint8Array>;
}

export const JSON_TYPE = 'application/json';
export const PLAIN_TEXT = 'text/plain; charset=utf-8';

/** An error answer is a small document; more of it than this says nothing more. */
const MAX_PROBLEM_BYTES = 256 * 1024;

/**
 * Sends a body once and reads the answer.
 *
 * @param body - Whole, it is JSON.
 * @param read - Reads the whole body of an answer of status 200.
 * @throws NoAnswerError when none came, or not all of it, in time; ConnectionError when the connection is to blame.
 * @throws RefusedError when the answer has another status.
 */
export async function post<Result>(
  url: string,
  body: Uint8Array | StreamedBody,
  requestId: string,
  http: HttpOptions,
  read: (answer: Answered) => Promise<Result>,
): Promise<Result> {
  const isWhole = body instanceof Uint8Array;
  const headers = {
    'content-type': isWhole ? JSON_TYPE : body.contentType,
    'content-length': String(isWhole ? body.length : body.contentLength),
    [header.requestId]: requestId,
  };
  // undici takes any iterable of bytes; its types do not say so.
  const content = (isWhole ? body : body.chunks()) as Uint8Array;
  return call(url, { method: 'POST', headers, body: content }, http, read);
}

/** Asks for JSON. Errors as with {@link post}. */
export async function getJson(url: string, http: HttpOptions): Promise<unknown> {
  return call(url, { method: 'GET' }, http, async (answer) => parseJson(await textOf(answer.body), url));
}

async function call<Result>(
  url: string,
  options: { readonly method: 'GET' | 'POST'; readonly headers?: Record<string, string>; readonly body?: Uint8Array },
  http: HttpOptions,
  read: (answer: Answered) => Promise<Result>,
): Promise<Result> {
  const work = async (signal: AbortSignal) => {
    // One deadline rules; undici's own time-outs for parts of an answer are off.
    const limits = { headersTimeout: 0, bodyTimeout: 0, signal };
    const response = await request(url, { ...options, dispatcher: http.dispatcher, ...limits });
    if (response.statusCode !== 200) throw await refusal(response);
    return await read(response);
  };
  return tryOnce(url, http, work, (error) => translate(error, url));
}

async function refusal(response: Dispatcher.ResponseData): Promise<RefusedError> {
  const { statusCode, headers } = response;
  const text = await textOf(response.body, MAX_PROBLEM_BYTES);
  const parsed = problem.safeParse(tryParse(text));
  const members = parsed.success
    ? { code: parsed.data.code, requestId: parsed.data.request_id, failedStage: parsed.data.failed_stage }
    : { code: undefined, requestId: undefined, failedStage: undefined };
  return new RefusedError(
    parsed.success ? parsed.data.detail : `the answer has the status ${statusCode} and no problem details`,
    statusCode,
    {
      code: members.code,
      requestId: members.requestId ?? single(headers[header.requestId]),
      failedStage: members.failedStage ?? single(headers[header.failedStage]),
      retryAfterMs: parseRetryAfterMs(headers['retry-after']),
    },
  );
}

/** Errors of connections become ours; all others are bugs or ours already, and stay. */
function translate(error: unknown, url: string): unknown {
  if (error instanceof ClientError || error instanceof RefusedError) return error;
  // The body was not what was announced: no fault of the connection, and the same again the next time.
  if (error instanceof errors.RequestContentLengthMismatchError) return error;
  const code = codeOf(error);
  return code === undefined ? error : connectionFailed(url, code, error);
}

/** The code of an error of a socket or of undici; undefined for any other error. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  // Several addresses were tried, as for localhost: they failed alike.
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  const { code } = error as NodeJS.ErrnoException;
  const isOfConnection =
    'syscall' in error || error instanceof errors.UndiciError || code?.startsWith('HPE_') || isOfTls(code);
  return isOfConnection ? code : undefined;
}

/** @param maxBytes - What comes after so many bytes is dropped. */
async function textOf(body: AsyncIterable<Uint8Array>, maxBytes = Number.POSITIVE_INFINITY): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > maxBytes) break;
  }
  return Buffer.concat(chunks).toString();
}

function parseJson(text: string, url: string): unknown {
  const value = tryParse(text);
  if (value === undefined) throw new ClientError(`the answer of ${url} is not JSON`);
  return value;
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A header that stands there once. */
export function single(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}
