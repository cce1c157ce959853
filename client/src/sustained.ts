import type { CallOptions } from './call.js';
import { type Expected, requireExpected } from './expected.js';
import { askInTurn } from './failover.js';
import { type ErrorReport, reportOf } from './problems.js';
import type { Target } from './target.js';
import type { LoadFigures, Transport } from './transport/transport.js';

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
  readonly call: CallOptions;
}

/** What came out of it. */
export interface LoadResult extends LoadFigures {
  readonly connections: number;
  readonly requestsPerSecond: number;
  /** Why the answer that was looked at is wrong; undefined: it is right. */
  readonly wrongAnswer?: ErrorReport;
}

/** Sends one text over and over, and looks at what one answer says and at whether all are there. */
export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const { target, text, connections, durationSeconds, runId, transport, call } = options;
  const wrongAnswer = await checkOne(options);
  const request = { urls: target.urls, text, connections, durationSeconds, runId };
  const figures = await transport.load(request, call);
  return {
    ...figures,
    connections,
    requestsPerSecond: figures.requests / figures.seconds,
    ...(wrongAnswer ? { wrongAnswer } : {}),
  };
}

async function checkOne({ target, text, runId, transport, call, expected }: LoadOptions) {
  const send = transport.repeat(text);
  try {
    const answer = await askInTurn(target, call, (url) => send(url, `${runId}-check`, call));
    requireExpected(answer, expected);
    return undefined;
  } catch (error) {
    call.signal?.throwIfAborted();
    return reportOf(error);
  }
}

/** Whether every answer that was looked at was as it should be. */
export function isFlawless(result: LoadResult): boolean {
  return result.requests > 0 && result.connectionErrors + result.otherStatus === 0 && !result.wrongAnswer;
}
