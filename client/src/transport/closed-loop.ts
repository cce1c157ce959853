import type { CallOptions } from '../call.js';
import { NoAnswerError } from '../problems.js';
import { ascending, quantile } from '../quantiles.js';
import type { LoadFigures, LoadRequest, RepeatedText } from './transport.js';

/** What the connections count together. */
interface Tally {
  readonly latenciesMs: number[];
  connectionErrors: number;
  otherStatus: number;
}

/**
 * Sustained load, as autocannon makes it of REST: each connection sends its next request when the last one is answered.
 * What is under way when the time is over is cancelled, and not counted. Ends early, with the reason, when the call's
 * signal is aborted.
 */
export async function runClosedLoop(
  { urls, connections, durationSeconds, runId }: LoadRequest,
  send: RepeatedText,
  call: CallOptions,
): Promise<LoadFigures> {
  const end = AbortSignal.timeout(durationSeconds * 1000);
  const signal = call.signal ? AbortSignal.any([call.signal, end]) : end;
  const tally: Tally = { latenciesMs: [], connectionErrors: 0, otherStatus: 0 };
  const started = performance.now();
  const work = async (connection: number) => {
    const url = urls[connection % urls.length] as string;
    for (let number = 1; !signal.aborted; number++) {
      const sent = performance.now();
      const error = await send(url, `${runId}-${connection + 1}-${number}`, { ...call, signal }).then(noError, asError);
      if (!signal.aborted) count(tally, error, performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: connections }, (_, connection) => work(connection)));
  call.signal?.throwIfAborted();
  return figuresOf(tally, (performance.now() - started) / 1000);
}

function noError(): undefined {}

function asError(error: unknown): unknown {
  return error;
}

function count(tally: Tally, error: unknown, ms: number): void {
  if (error === undefined) tally.latenciesMs.push(Math.floor(ms));
  else if (error instanceof NoAnswerError) tally.connectionErrors++;
  else tally.otherStatus++;
}

function figuresOf({ latenciesMs, connectionErrors, otherStatus }: Tally, seconds: number): LoadFigures {
  const sorted = ascending(latenciesMs);
  const at = (share: number) => (sorted.length === 0 ? 0 : Math.floor(quantile(sorted, share)));
  return {
    seconds,
    requests: sorted.length,
    latencyMs: { p50: at(0.5), p97_5: at(0.975), p99: at(0.99), max: at(1) },
    connectionErrors,
    otherStatus,
  };
}
