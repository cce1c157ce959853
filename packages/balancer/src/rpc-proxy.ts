import { MAX_MESSAGE_BYTES } from '@flotilla/contracts';
import {
  type BodyLimit,
  checkAnnouncedLength,
  type Handler,
  type HttpExchange,
  type RpcProtocol,
} from '@flotilla/http-server';
import type { RpcMethod } from '@flotilla/topology';
import type { Answer, Body, RpcAnswer, UpstreamRequest } from '@flotilla/upstream';
import {
  allAttemptsFailed,
  cancelWhenClientLeaves,
  contentLength,
  deadlineOf,
  forwardable,
  forwardedHeaders,
  hashOfRequest,
  hopByHopAnd,
  overloaded,
  type RawHeaders,
  relay,
  requestIdOfAnswer,
  rpcCodeIn,
  statusFields,
  timeoutFields,
} from '@flotilla/upstream';
import type { ProxyOptions } from './proxy.js';

/** What the proxied calls need to know. */
export interface RpcProxyOptions extends Pick<ProxyOptions, 'upstream' | 'service' | 'name' | 'streamLimit'> {
  /** Those whose shape is known. Any other is taken for a dialogue, and handed on as it comes. */
  readonly methods: readonly RpcMethod[];
}

/** Beside a message: the head of its frame, and the last frame of gRPC-Web. */
const MESSAGE_LIMIT: BodyLimit = {
  maxBytes: MAX_MESSAGE_BYTES + 64,
  setting: 'a message; a text beyond it goes by ReceiveTextStream',
};
const HOP_BY_HOP = hopByHopAnd();

/**
 * Passes remote procedure calls on as bytes, in the version of HTTP in which they come. What an instance answers is held
 * back until its status is known, since that comes last: so a call that has failed there can be had from the next.
 */
export function rpcProxy(options: RpcProxyOptions): Handler {
  const { service, name } = options;
  return async (exchange) => {
    const { request, response, context, rpc = 'grpc' } = exchange;
    const method = options.methods.find(({ path }) => path === request.url);
    const { call, body, limit } = callOf(options, exchange, method);
    const running = call.run();
    body.source = request.receive(limit, {
      chunk: (chunk) => body.push(chunk),
      end: () => body.end(),
      fail: (error) => call.cancel(error),
    });
    cancelWhenClientLeaves(response, call);
    const result = await running;
    context.upstream = call.lastInstance;
    context.tries = call.tryCount;
    if (result.kind === 'exhausted') throw allAttemptsFailed(service, result.exhaustion, call);
    if (result.kind === 'refused') throw overloaded(service, result.retryAfterSeconds);
    if (result.kind === 'cancelled') throw result.reason;
    const { answer } = result;
    context.requestId = requestIdOfAnswer(answer) ?? context.requestId;
    const addVia = (headers: RawHeaders) => [...headers, 'via', `${request.httpVersion} ${name}`];
    const noteTrailers = (trailers: RawHeaders) => {
      context.rpcCode = codeOf(answer, trailers, rpc);
      return forwardable(trailers, HOP_BY_HOP);
    };
    relay(response, answer, addVia, noteTrailers);
  };
}

function codeOf({ status, headers, held }: Answer, trailers: RawHeaders, rpc: RpcProtocol): number | undefined {
  const { statusIn } = rpcAnswerOf(rpc, undefined);
  if (statusIn === 'head') return status === 200 ? 0 : undefined;
  return rpcCodeIn(statusFields({ headers, trailers, held }, statusIn === 'body'));
}

function callOf(
  options: RpcProxyOptions,
  { request, response, context, rpc = 'grpc' }: HttpExchange,
  method: RpcMethod | undefined,
): { call: UpstreamRequest; body: Body; limit: BodyLimit } {
  const { upstream, name } = options;
  const limit = method && !method.isClientStreaming ? MESSAGE_LIMIT : options.streamLimit;
  checkAnnouncedLength(request, limit);
  const body = upstream.newBody(kindOf(method));
  body.contentLength = contentLength(request);
  // In a dialogue it may be the instance's turn, for as long as the call may take.
  body.isPauseWatched = method !== undefined;
  const headers = forwardedHeaders(request, context.requestId, name);
  const call = upstream.newCall(
    {
      method: 'POST',
      path: request.url,
      protocol: request.httpVersion === '2.0' ? 'h2' : 'http/1.1',
      rpc: rpcAnswerOf(rpc, method),
      deadlineMs: deadlineOf(request, upstream.limits.requestTimeoutMs),
      // The pipeline's calls do no harm if they are seen twice; of other calls that is unknown here.
      isIdempotent: method !== undefined,
      hash: hashOfRequest(upstream, request),
      faults: response,
      headers: (remainingMs) => [...headers, ...timeoutFields(request, remainingMs)],
    },
    body,
  );
  return { call, body, limit };
}

function kindOf(method: RpcMethod | undefined): 'whole' | 'stream' | 'dialogue' {
  if (!method) return 'dialogue';
  return method.isClientStreaming ? 'stream' : 'whole';
}

/** Connect tells the status of a call with one message by that of HTTP. */
function rpcAnswerOf(rpc: RpcProtocol, method: RpcMethod | undefined): RpcAnswer {
  const isStream = method === undefined;
  if (rpc === 'grpc') return { statusIn: 'trailers', isStream };
  return { statusIn: rpc === 'grpc-web' ? 'body' : 'head', isStream };
}
