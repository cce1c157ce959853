import { FlotillaError, header } from '@flotilla/contracts';
import { type BodyLimit, checkAnnouncedLength, receive } from '@flotilla/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { exhausted } from './exhausted.js';
import type { Call } from './http/call.js';
import { forwardable } from './http/headers.js';
import { relay, requestIdOfAnswer } from './http/relay.js';
import type { Upstream } from './http/upstream.js';

const REPLACED: ReadonlySet<string> = new Set([header.requestId]);

/** What the proxied route needs to know. */
export interface ProxyOptions {
  readonly upstream: Upstream;
  /** The balanced service: `service1`. */
  readonly service: string;
  readonly limit: BodyLimit;
}

/** The balanced route: the request goes to an instance as bytes, and the answer back as bytes. */
export function proxy(options: ProxyOptions) {
  const { upstream, service, limit } = options;
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    checkAnnouncedLength(request.raw, limit);
    const call = forward(upstream, limit, request, reply);
    const result = await call.run();
    request.trail.fields = { upstream: call.lastInstance, tries: call.tryCount };
    if (result.kind === 'answer') {
      request.trail.requestId = requestIdOfAnswer(result.answer) ?? request.trail.requestId;
      relay(reply, result.answer);
    } else if (result.kind === 'exhausted') {
      throw exhausted(service, result.exhaustion, call);
    } else {
      throw result.reason;
    }
  };
}

function forward(upstream: Upstream, limit: BodyLimit, request: FastifyRequest, reply: FastifyReply): Call {
  const body = upstream.newBody();
  const headers = forwardable(request.raw.rawHeaders, REPLACED);
  headers.push(header.requestId, request.trail.requestId);
  const call = upstream.newCall({ method: 'POST', path: request.url, headers: () => headers }, body);
  const receiving = receive(request.raw, limit, {
    chunk: (chunk) => body.push(chunk),
    end: () => body.end(),
    fail: (error) => call.cancel(error),
  });
  body.onDrain = () => receiving.resume();
  cancelWhenClientLeaves(reply, call);
  return call;
}

/** A client that leaves cancels the work that goes on for it. */
export function cancelWhenClientLeaves(reply: FastifyReply, call: Call): void {
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) call.cancel(new FlotillaError('FLT_BODY_INCOMPLETE'));
  });
}
