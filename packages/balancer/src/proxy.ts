import type { IncomingMessage, ServerResponse } from 'node:http';
import { FlotillaError, header } from '@flotilla/contracts';
import {
  type BodyLimit,
  checkAnnouncedLength,
  isPlainText,
  receive,
  type StageExchange,
  type StageHandler,
} from '@flotilla/service-kit';
import { hashOf } from './core/hash.js';
import { exhausted, overloaded } from './exhausted.js';
import type { Call } from './http/call.js';
import { deadlineOf } from './http/deadline.js';
import { forwardedHeaders } from './http/forwarded.js';
import { forwardableTrailers } from './http/headers.js';
import { relay, requestIdOfAnswer } from './http/relay.js';
import type { Upstream } from './http/upstream.js';

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
}

/** The balanced route: the request goes to an instance as bytes, and the answer back as bytes. */
export function proxy(options: ProxyOptions): StageHandler {
  const { service, name } = options;
  return async (exchange) => {
    const { response, trail } = exchange;
    const call = forward(options, exchange);
    const result = await call.run();
    trail.fields = { upstream: call.lastInstance, tries: call.tryCount };
    if (result.kind === 'answer') {
      trail.requestId = requestIdOfAnswer(result.answer) ?? trail.requestId;
      relay(response, result.answer, (headers) => {
        headers.push('via', `1.1 ${name}`);
        return headers;
      });
    } else if (result.kind === 'exhausted') {
      throw exhausted(service, result.exhaustion, call);
    } else if (result.kind === 'refused') {
      throw overloaded(service, result.retryAfterSeconds);
    } else {
      throw result.reason;
    }
  };
}

function forward(options: ProxyOptions, { request, response, trail }: StageExchange): Call {
  const { upstream, name } = options;
  const isStream = isPlainText(request);
  const limit = isStream ? options.streamLimit : options.limit;
  checkAnnouncedLength(request, limit);
  const body = upstream.newBody(isStream);
  body.announcedBytes = announcedBytes(request);
  const headers = forwardedHeaders(request, trail.requestId, name);
  const call = upstream.newCall(
    {
      method: 'POST',
      path: request.url ?? '/',
      deadlineMs: deadlineOf(request, upstream.limits.requestTimeoutMs),
      isIdempotent: options.isIdempotent || request.headers['idempotency-key'] !== undefined,
      hash: hashOfRequest(upstream, request),
      headers: (remainingMs) => [...headers, header.deadline, String(remainingMs)],
    },
    body,
  );
  const receiving = receive(request, limit, {
    chunk: (chunk) => body.push(chunk),
    end: () => body.end(forwardableTrailers(request.rawTrailers)),
    fail: (error) => call.cancel(error),
  });
  body.onDrain = () => receiving.resume();
  cancelWhenClientLeaves(response, call);
  return call;
}

function announcedBytes({ headers }: IncomingMessage): number | undefined {
  const length = headers['content-length'];
  return length === undefined ? undefined : Number(length);
}

function hashOfRequest({ strategy, limits }: Upstream, { headers }: IncomingMessage): number {
  if (strategy !== 'consistent_hash') return -1;
  const key = headers[limits.hashHeader];
  return key === undefined ? -1 : hashOf(String(key));
}

/** A client that leaves cancels the work that goes on for it. */
export function cancelWhenClientLeaves(response: ServerResponse, call: Call): void {
  response.on('close', () => {
    if (!response.writableFinished) call.cancel(new FlotillaError('FLT_BODY_INCOMPLETE'));
  });
}
