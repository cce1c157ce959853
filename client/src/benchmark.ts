import type { CallOptions } from './call.js';
import { type Expected, requireExpected } from './expected.js';
import { askInTurn } from './failover.js';
import { type Summary, sum, summarize } from './quantiles.js';
import type { Target } from './target.js';
import type { RepeatedText, Transport } from './transport/transport.js';

/** How a text is sent again and again. */
export interface BatchOptions {
  /** The route of stage 1. */
  readonly target: Target;
  readonly text: Uint8Array;
  /** What every answer must say. */
  readonly expected: Expected;
  readonly iterations: number;
  /** So many at once; the next ones go out when all of them have been answered. */
  readonly batch: number;
  readonly runId: string;
  readonly transport: Transport;
  readonly call: CallOptions;
  /** Called after every request, failed or not. */
  readonly onDone: () => void;
}

/** What came out of it. */
export interface BatchResult {
  readonly iterations: number;
  readonly batch: number;
  /** Of the requests that succeeded, in ms. Undefined: none did. */
  readonly latencyMs: Summary | undefined;
  readonly wallMs: number;
  readonly requestsPerSecond: number;
  /** Text that was counted, in decimal megabytes. */
  readonly megabytesPerSecond: number;
  /** Sum of the latencies / (wall time × batch): 1 when every place in a batch was busy all the time. */
  readonly parallelEfficiency: number;
  readonly successRate: number;
  readonly errors: readonly unknown[];
}

/** Sends a text so many times, in batches, each to one address that answers; a wrong answer is a failure. */
export async function runBatches(options: BatchOptions): Promise<BatchResult> {
  const { iterations, batch, text, transport, call, runId } = options;
  const send = transport.repeat(text);
  const latencies: number[] = [];
  const errors: unknown[] = [];
  const started = performance.now();
  for (let first = 0; first < iterations; first += batch) {
    const count = Math.min(batch, iterations - first);
    const requests = Array.from({ length: count }, (_, index) =>
      measure(send, `${runId}-${first + index + 1}`, options),
    );
    for (const outcome of await Promise.allSettled(requests)) {
      if (outcome.status === 'fulfilled') latencies.push(outcome.value);
      else errors.push(outcome.reason);
    }
    call.signal?.throwIfAborted();
  }
  const wallMs = performance.now() - started;
  const perSecond = latencies.length / (wallMs / 1000);
  return {
    iterations,
    batch,
    latencyMs: summarize(latencies),
    wallMs,
    requestsPerSecond: perSecond,
    megabytesPerSecond: (perSecond * text.length) / 1e6,
    parallelEfficiency: sum(latencies) / (wallMs * Math.min(batch, iterations)),
    successRate: latencies.length / iterations,
    errors,
  };
}

/** @returns From the first byte sent to the last one of a right answer, in ms. */
async function measure(send: RepeatedText, requestId: string, options: BatchOptions): Promise<number> {
  const { target, call } = options;
  const started = performance.now();
  try {
    const answer = await askInTurn(target, call, (url) => send(url, requestId, call));
    const ms = performance.now() - started;
    requireExpected(answer, options.expected);
    return ms;
  } finally {
    options.onDone();
  }
}
