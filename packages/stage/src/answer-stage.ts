import { setImmediate as nextTurn } from 'node:timers/promises';
import { header, isHeaderSafeId } from '@flotilla/contracts';
import {
  type BodyLimit,
  type BodySink,
  type ContentCoding,
  checkAnnouncedLengthOf,
  contentCodingOf,
  type Handler,
  type HttpExchange,
  type InboundRequest,
  type OutboundResponse,
  receiveUnpacked,
  typeInUtf8,
  unsupportedMediaType,
} from '@flotilla/http-server';
import { type LogIdentity, reportReleasedMemory } from '@flotilla/process';
import { mediaTypes } from './input/text-format.js';
import { wantsFrequencies } from './input/wants-frequencies.js';
import { asInputError } from './input-errors.js';
import type { StageRequest } from './work.js';

/** The last stage's work on one request: fed with the body as it arrives, it ends in an answer. */
export interface AnswerWork {
  write(chunk: Uint8Array): void;
  /** The answer's body, in pieces. */
  end(): Iterable<Uint8Array>;
  /** Memory in bytes that it holds on to until its answer is out. */
  heldBytes(): number;
}

/** Begins the last stage's work. */
export type BeginAnswer = (request: StageRequest) => AnswerWork;

/** The last stage: it has no stage after it, and writes the answer. */
export interface AnswerStageOptions {
  readonly identity: LogIdentity;
  readonly limit: BodyLimit;
  readonly begin: BeginAnswer;
}

/** The route of the last stage. */
export function answerStage({ identity, limit, begin }: AnswerStageOptions): Handler {
  return async (exchange) => {
    const { request, response, context } = exchange;
    const coding = contentCodingOf(request);
    checkAnnouncedLengthOf(request, coding, limit);
    checkJsonType(request);
    const work = begin({ includeFrequencies: wantsFrequencies(request.url), context });
    try {
      const chunks = await received(exchange, coding, limit, work);
      const headers = ['content-type', 'application/json; charset=utf-8', header.servedBy, identity.instance];
      if (isHeaderSafeId(context.requestId)) headers.push(header.requestId, context.requestId);
      await send(response, headers, chunks);
    } finally {
      reportReleasedMemory(work.heldBytes());
    }
  };
}

function checkJsonType(request: InboundRequest): void {
  if (typeInUtf8(request.header('content-type')) !== mediaTypes.json) throw unsupportedMediaType(mediaTypes.json);
}

function received(
  { request, response }: HttpExchange,
  coding: ContentCoding,
  limit: BodyLimit,
  firstWork: AnswerWork,
): Promise<Iterator<Uint8Array>> {
  return new Promise((resolve, reject) => {
    // A connection that is kept refers to its last request, and that to what took its body.
    let work: AnswerWork | undefined = firstWork;
    const fail = (error: unknown) => {
      work = undefined;
      reject(asInputError(error));
    };
    const sink: BodySink = {
      chunk: (chunk) => {
        work?.write(chunk);
        return true;
      },
      end: () => {
        try {
          if (work) resolve(work.end()[Symbol.iterator]());
          work = undefined;
        } catch (error) {
          fail(error);
        }
      },
      fail,
    };
    receiveUnpacked(request, coding, limit, sink, response);
  });
}

/** An answer of one piece goes out whole, with its length; a longer one as it is made, no faster than it is read. */
async function send(response: OutboundResponse, headers: string[], chunks: Iterator<Uint8Array>): Promise<void> {
  const first = chunks.next();
  const second = chunks.next();
  if (first.done) {
    response.send(200, headers, '');
  } else if (second.done) {
    response.send(200, headers, asBuffer(first.value).toString('latin1'));
  } else {
    response.begin(200, headers);
    await stream(response, [first.value, second.value], chunks).catch(() => response.abort());
  }
}

async function stream(response: OutboundResponse, head: Uint8Array[], rest: Iterator<Uint8Array>): Promise<void> {
  let isClosed = false;
  let wake = () => {};
  response.onDrain(() => wake());
  response.onClose(() => {
    isClosed = true;
    wake();
  });
  for (const chunk of joined(head, rest)) {
    if (!response.write(asBuffer(chunk))) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    // A fast reader would have all pieces in one turn of the event loop; others get theirs between two.
    await nextTurn();
    if (isClosed) return;
  }
  response.end([]);
}

function* joined(head: readonly Uint8Array[], rest: Iterator<Uint8Array>): Generator<Uint8Array> {
  yield* head;
  for (let next = rest.next(); !next.done; next = rest.next()) yield next.value;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
