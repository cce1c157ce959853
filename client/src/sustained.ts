import { readAnswer } from './answer.js';
import { type Expected, requireExpected } from './expected.js';
import { askInTurn } from './failover.js';
import { post, type Transport } from './http.js';
import { wholeTextBody } from './json-text.js';
import { type ErrorReport, reportOf } from './problems.js';
import type { Target } from './target.js';

/** Load without a pause, on a small text. */
export interface LoadOptions {
  /** The route of stage 1. Each connection stays with one of its addresses. */
  readonly target: Target;
  readonly text: Uint8Array;
  readonly expected: Expected;
  /** Connections, each with one request at a time. */
  readonly connections: number;
  readonly durationSeconds: number;
  readonly runId: string;
  readonly transport: Transport;
}

/** What came out of it. */
export interface LoadResult {
  readonly connections: number;
  readonly seconds: number;
  /** Answers of status 200 to 299. */
  readonly requests: number;
  readonly requestsPerSecond: number;
  /** Milliseconds, as whole numbers: autocannon measures no finer. */
  readonly latencyMs: { readonly p50: number; readonly p97_5: number; readonly p99: number; readonly max: number };
  /** Connections that failed, and answers that did not come in time. */
  readonly connectionErrors: number;
  readonly otherStatus: number;
  /** Why the answer that was looked at is wrong; undefined: it is right. */
  readonly wrongAnswer?: ErrorReport;
}

/** Sends one text over and over, and looks at one answer's body and at the status of all. */
export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const { target, connections, durationSeconds, transport } = options;
  const body = wholeTextBody(options.text);
  const wrongAnswer = await checkOne(body, options);
  // Only this command loads autocannon: it takes longer to load than the others take to run.
  const { default: autocannon } = await import('autocannon');
  const run = autocannon({
    url: target.urls,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    connections,
    duration: durationSeconds,
    timeout: transport.timeoutMs / 1000,
  });
  const stop = () => run.stop();
  transport.signal?.addEventListener('abort', stop, { once: true });
  const result = await run;
  transport.signal?.removeEventListener('abort', stop);
  transport.signal?.throwIfAborted();
  const { p50, p97_5, p99, max } = result.latency;
  return {
    connections,
    seconds: result.duration,
    requests: result['2xx'],
    requestsPerSecond: result['2xx'] / result.duration,
    latencyMs: { p50, p97_5, p99, max },
    connectionErrors: result.errors,
    otherStatus: result.non2xx,
    ...(wrongAnswer ? { wrongAnswer } : {}),
  };
}

async function checkOne(body: Buffer, options: LoadOptions): Promise<ErrorReport | undefined> {
  const { target, runId, transport, expected } = options;
  const ask = (url: string) => post(url, body, `${runId}-check`, transport, (each) => readAnswer(each, false));
  try {
    const answer = await askInTurn(target, transport, ask);
    requireExpected(answer, expected);
    return undefined;
  } catch (error) {
    transport.signal?.throwIfAborted();
    return reportOf(error);
  }
}

/** Whether every answer that was looked at was as it should be. */
export function isFlawless(result: LoadResult): boolean {
  return result.requests > 0 && result.connectionErrors + result.otherStatus === 0 && !result.wrongAnswer;
}
