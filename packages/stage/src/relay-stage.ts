import { FlotillaError, header, isHeaderSafeId } from '@flotilla/contracts';
import {
  type BodyLimit,
  type BodySink,
  checkAnnouncedLengthOf,
  contentCodingOf,
  type Handler,
  type HttpExchange,
  type RequestContext,
  receiveUnpacked,
} from '@flotilla/http-server';
import { type LogIdentity, reportExternalMemory, reportReleasedMemory } from '@flotilla/process';
import type { Stage } from '@flotilla/topology';
import {
  cancelWhenClientLeaves,
  contentLength,
  deadlineOf,
  field,
  overloaded,
  type RawHeaders,
  relay,
  type Upstream,
} from '@flotilla/upstream';
import { mediaTypes, type TextFormat, textFormatOf } from './input/text-format.js';
import { wantsFrequencies } from './input/wants-frequencies.js';
import { asInputError } from './input-errors.js';
import { nextStageFailed } from './next-stage-failed.js';
import { OutgoingBody } from './outgoing-body.js';
import type { BeginRelay, StageWork } from './work.js';

/** A stage that works on the text as it passes, and hands it on. */
export interface RelayStageOptions {
  readonly identity: LogIdentity;
  /** How large a body may be, by its format. */
  readonly limits: Readonly<Record<TextFormat, BodyLimit>>;
  /** What the next stage gets: the text, in the format in which it came, or what was found out about it, in JSON. */
  readonly outputType: 'text' | 'analysis';
  /** Whether a text that came as itself goes on byte for byte: unless it came packed, its length is known beforehand. */
  readonly keepsPlainText: boolean;
  readonly next: Stage;
  readonly upstream: Upstream;
  readonly begin: BeginRelay;
}

/** The route of a stage that has another after it: what comes back from there goes to the caller as bytes. */
export function relayStage(options: RelayStageOptions): Handler {
  const { upstream, next, identity, limits, outputType } = options;
  return async (exchange) => {
    const { request, response, context } = exchange;
    const coding = contentCodingOf(request);
    const format = textFormatOf(request);
    const limit = limits[format];
    checkAnnouncedLengthOf(request, coding, limit);
    const includeFrequencies = wantsFrequencies(request.url);
    const body = upstream.newBody(format === 'plain' ? 'stream' : 'whole');
    const goesOnAsItCame = options.keepsPlainText && format === 'plain' && coding === 'identity';
    if (goesOnAsItCame) body.contentLength = contentLength(request);
    const nextBody = new OutgoingBody(body, exchange.onHandedOn);
    // An analysis is sent when the text has ended. That nothing goes on until then does not mean that the caller has
    // stopped; if it does, the processes before it notice, since the text passes through them.
    let awaitsText = outputType === 'analysis';
    body.isFromCaller = !awaitsText;
    // Stage 1 drops white space of JSON: the stages after it see a pause where there is none.
    body.isPauseWatched = options.keepsPlainText || format === 'plain';
    let work: StageWork | undefined = options.begin({ includeFrequencies, context, format }, nextBody);
    const path = includeFrequencies ? `${next.route}?include=frequencies` : next.route;
    const call = upstream.newCall(
      {
        method: 'POST',
        path,
        deadlineMs: deadlineOf(request, upstream.limits.requestTimeoutMs),
        isIdempotent: true,
        hash: -1,
        faults: response,
        headers: (remainingMs) => {
          const type = mediaTypes[outputType === 'text' ? format : 'json'];
          return requestHeaders(exchange, next, type, remainingMs);
        },
      },
      body,
    );
    const running = call.run();
    const sink: BodySink = {
      chunk: (chunk) => {
        work?.write(chunk);
        body.givenBytes += chunk.length;
        // Where the text is rewritten, what came of it has been read.
        if (!options.keepsPlainText) reportExternalMemory(chunk.length);
        return nextBody.hasRoom;
      },
      end: () => {
        awaitsText = false;
        body.isFromCaller = false;
        return work?.end();
      },
      fail: (error) => call.cancel(asInputError(error)),
    };
    const receiving = receiveUnpacked(request, coding, limit, sink, response);
    body.source = receiving;
    cancelWhenClientLeaves(response, call);
    const result = await running;
    const heldBytes = work.heldBytes?.() ?? 0;
    // A connection that is kept refers to its last request, and that to what took its body.
    work = undefined;
    reportReleasedMemory(heldBytes);
    if (result.kind === 'cancelled') throw result.reason;
    if (result.kind === 'exhausted') {
      // No instance was asked yet.
      throw awaitsText ? new FlotillaError('FLT_REQUEST_TIMEOUT') : nextStageFailed(next, result.exhaustion);
    }
    if (result.kind === 'refused') throw overloaded(next.service, result.retryAfterSeconds);
    relay(response, result.answer, (headers) => answerHeaders(headers, context, identity));
  };
}

/** What is traced goes on under the caller's trace (W3C Trace Context). */
const PASSED_ON = ['traceparent', 'tracestate'] as const;

function requestHeaders(
  { request, context }: HttpExchange,
  next: Stage,
  type: string,
  remainingMs: number,
): RawHeaders {
  const id = isHeaderSafeId(context.requestId) ? context.requestId : context.idFromHeader;
  const headers = ['host', next.service, 'content-type', type, header.requestId, id];
  for (const name of PASSED_ON) {
    const value = request.header(name);
    if (value !== undefined) headers.push(name, value);
  }
  headers.push(header.deadline, String(remainingMs));
  return headers;
}

/** The next stage's headers, under this request's id, with this instance in front of those that worked on it. */
function answerHeaders(headers: RawHeaders, { requestId }: RequestContext, identity: LogIdentity): RawHeaders {
  const servedBy = field(headers, header.servedBy);
  const changed: RawHeaders = [];
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i] as string;
    const lower = name.toLowerCase();
    if (lower !== header.servedBy && lower !== header.requestId) changed.push(name, headers[i + 1] as string);
  }
  if (isHeaderSafeId(requestId)) changed.push(header.requestId, requestId);
  changed.push(header.servedBy, servedBy ? `${identity.instance}, ${servedBy}` : identity.instance);
  return changed;
}
