import {
  type BodyLimit,
  checkAnnouncedLength,
  type Handler,
  type HttpExchange,
  typeInUtf8,
} from '@flotilla/http-server';
import type { Body, Upstream, UpstreamRequest } from '@flotilla/upstream';
import {
  allAttemptsFailed,
  cancelWhenClientLeaves,
  contentLength,
  deadlineOf,
  forwardableTrailers,
  forwardedHeaders,
  hashOfRequest,
  overloaded,
  relay,
  requestIdOfAnswer,
  timeoutFields,
} from '@flotilla/upstream';

/** What the proxied route needs to know. */
export interface ProxyOptions {
  readonly upstream: Upstream;
  /** The balanced service: `service1`. */
  readonly service: string;
  /** What this process is called in `Via`. */
  readonly name: string;
  readonly limit: BodyLimit;
  /** Of bodies that are a text, and nothing else. */
  readonly streamLimit: BodyLimit;
  /** Whether the route's requests do no harm if an instance sees them twice. If not, they need an `Idempotency-Key`. */
  readonly isIdempotent: boolean;
  /** Of which bodies the pauses are looked at. A stage in front may drop all that it gets, and have nothing to hand on. */
  readonly idleTimeoutFor: 'all' | 'streams' | 'none';
}

/** The balanced route: the request goes to an instance as bytes, and the answer back as bytes. */
export function proxy(options: ProxyOptions): Handler {
  const { service, name } = options;
  return async (exchange) => {
    const { response, context } = exchange;
    const { call, body, limit } = callOf(options, exchange);
    const running = call.run();
    const receiving = exchange.request.receive(limit, {
      chunk: (chunk) => body.push(chunk),
      end: (rawTrailers) => body.end(forwardableTrailers(rawTrailers)),
      fail: (error) => call.cancel(error),
    });
    body.source = receiving;
    cancelWhenClientLeaves(response, call);
    const result = await running;
    context.upstream = call.lastInstance;
    context.tries = call.tryCount;
    if (result.kind === 'answer') {
      context.requestId = requestIdOfAnswer(result.answer) ?? context.requestId;
      relay(response, result.answer, (headers) => {
        headers.push('via', `1.1 ${name}`);
        return headers;
      });
    } else if (result.kind === 'exhausted') {
      throw allAttemptsFailed(service, result.exhaustion, call);
    } else if (result.kind === 'refused') {
      throw overloaded(service, result.retryAfterSeconds);
    } else {
      throw result.reason;
    }
  };
}

function callOf(
  options: ProxyOptions,
  { request, response, context }: HttpExchange,
): { call: UpstreamRequest; body: Body; limit: BodyLimit } {
  const { upstream, name, idleTimeoutFor } = options;
  const isStream = typeInUtf8(request.header('content-type')) === 'text/plain';
  const limit = isStream ? options.streamLimit : options.limit;
  checkAnnouncedLength(request, limit);
  const body = upstream.newBody(isStream ? 'stream' : 'whole');
  body.contentLength = contentLength(request);
  body.isPauseWatched = idleTimeoutFor === 'all' || (idleTimeoutFor === 'streams' && isStream);
  const headers = forwardedHeaders(request, context.requestId, name);
  const call = upstream.newCall(
    {
      method: 'POST',
      path: request.url,
      deadlineMs: deadlineOf(request, upstream.limits.requestTimeoutMs),
      isIdempotent: options.isIdempotent || request.header('idempotency-key') !== undefined,
      hash: hashOfRequest(upstream, request),
      faults: response,
      headers: (remainingMs) => [...headers, ...timeoutFields(request, remainingMs)],
    },
    body,
  );
  return { call, body, limit };
}
