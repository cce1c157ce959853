import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { header } from '@flotilla/contracts';
import { type BodyLimit, checkAnnouncedLength, checkJsonBody, type LogIdentity, receive } from '@flotilla/service-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { asInputError } from './input-errors.js';
import { wantsFrequencies } from './wants-frequencies.js';
import type { StageRequest } from './work.js';

/** The last stage's work on one request: fed with the body as it arrives, it ends in an answer. */
export interface AnswerWork {
  write(chunk: Uint8Array): void;
  /** The answer's body, in pieces. */
  end(): Iterable<Uint8Array>;
}

/** Begins the last stage's work. */
export type BeginAnswer = (request: StageRequest) => AnswerWork;

/** The last stage: it has nobody behind it, and writes the answer. */
export interface AnswerStageOptions {
  readonly identity: LogIdentity;
  readonly limit: BodyLimit;
  readonly begin: BeginAnswer;
}

/** The route of the last stage. */
export function answerStage({ identity, limit, begin }: AnswerStageOptions) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    checkAnnouncedLength(request.raw, limit);
    checkJsonBody(request);
    const work = begin({ includeFrequencies: wantsFrequencies(request), trail: request.trail });
    const pieces = await received(request, limit, work);
    reply.type('application/json').header(header.servedBy, identity.instance);
    return reply.send(bodyOf(pieces));
  };
}

function received(request: FastifyRequest, limit: BodyLimit, work: AnswerWork): Promise<Iterator<Uint8Array>> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => reject(asInputError(error));
    receive(request.raw, limit, {
      chunk: (chunk) => {
        work.write(chunk);
        return true;
      },
      end: () => {
        try {
          resolve(work.end()[Symbol.iterator]());
        } catch (error) {
          fail(error);
        }
      },
      fail,
    });
  });
}

/** An answer of one piece goes out whole, with its length; a longer one as it is made, no faster than it is read. */
function bodyOf(pieces: Iterator<Uint8Array>): Buffer | Readable {
  const first = pieces.next();
  const second = pieces.next();
  if (first.done) return Buffer.alloc(0);
  if (second.done) return asBuffer(first.value);
  return Readable.from(joined([first.value, second.value], pieces), { objectMode: false });
}

/** A fast reader would have all pieces in one turn of the event loop; others get theirs between two. */
async function* joined(head: readonly Uint8Array[], rest: Iterator<Uint8Array>): AsyncGenerator<Buffer> {
  for (const piece of head) yield asBuffer(piece);
  for (let next = rest.next(); !next.done; next = rest.next()) {
    yield asBuffer(next.value);
    await nextTurn();
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
