import type { CallOptions } from '../call.js';
import { JSON_TYPE } from '../http.js';
import type { LoadFigures, LoadRequest } from './transport.js';

/** Sustained load over REST. Ends early, with the reason, when the call's signal is aborted. */
export async function runAutocannon(
  { urls, connections, durationSeconds }: LoadRequest,
  body: Buffer,
  { signal, timeoutMs }: CallOptions,
): Promise<LoadFigures> {
  // Only a benchmark loads autocannon: it takes longer to load than other commands take to run.
  const { default: autocannon } = await import('autocannon');
  const run = autocannon({
    url: urls,
    method: 'POST',
    headers: { 'content-type': JSON_TYPE },
    body,
    connections,
    duration: durationSeconds,
    timeout: timeoutMs / 1000,
  });
  const stop = () => run.stop();
  signal?.addEventListener('abort', stop, { once: true });
  const result = await run;
  signal?.removeEventListener('abort', stop);
  signal?.throwIfAborted();
  const { p50, p97_5, p99, max } = result.latency;
  return {
    seconds: result.duration,
    requests: result['2xx'],
    latencyMs: { p50, p97_5, p99, max },
    connectionErrors: result.errors,
    otherStatus: result.non2xx,
  };
}
