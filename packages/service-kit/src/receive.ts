import type { IncomingMessage } from 'node:http';
import { FlotillaError } from '@flotilla/contracts';

/** Where a request's body goes as it arrives. */
export interface BodySink {
  /** False: wait for {@link Receiving.resume} before more is handed over. What it throws ends the receiving. */
  chunk(chunk: Buffer): boolean;
  end(): void;
  fail(error: Error): void;
}

/** A body that is being received. */
export interface Receiving {
  resume(): void;
}

/** The most that a body may have, and which setting says so. */
export interface BodyLimit {
  readonly maxBytes: number;
  readonly setting: string;
}

/**
 * Hands a request's body over as it arrives. Plain events: an async iterator over a small body costs more than all
 * else that is done with it.
 *
 * The sink is failed with `FLT_BODY_TOO_LARGE` past the limit, and with `FLT_BODY_INCOMPLETE` if the client stops
 * before its announced end.
 */
export function receive(request: IncomingMessage, limit: BodyLimit, sink: BodySink): Receiving {
  let receivedBytes = 0;
  let isDone = false;
  const fail = (error: Error) => {
    if (isDone) return;
    isDone = true;
    request.removeAllListeners('data');
    sink.fail(error);
  };
  request.on('data', (chunk: Buffer) => {
    receivedBytes += chunk.length;
    if (receivedBytes > limit.maxBytes) {
      fail(tooLarge(limit));
      return;
    }
    try {
      if (!sink.chunk(chunk)) request.pause();
    } catch (error) {
      fail(error as Error);
    }
  });
  request.on('end', () => {
    if (isDone) return;
    isDone = true;
    sink.end();
  });
  // Every request closes in the end; making an error each time would cost more than the rest of this function.
  const breakOff = () => {
    if (!isDone) fail(new FlotillaError('FLT_BODY_INCOMPLETE'));
  };
  request.on('error', breakOff);
  request.on('close', breakOff);
  return {
    resume: () => {
      request.resume();
    },
  };
}

/** Refuses a body that says of itself that it is too large, before any of it is read. */
export function checkAnnouncedLength(request: IncomingMessage, limit: BodyLimit): void {
  if (Number(request.headers['content-length'] ?? 0) > limit.maxBytes) throw tooLarge(limit);
}

function tooLarge({ maxBytes, setting }: BodyLimit): FlotillaError {
  return new FlotillaError('FLT_BODY_TOO_LARGE', `It may have ${maxBytes} bytes here (${setting}).`);
}

/** How long a client may go on sending a body that was answered before its end. nginx's `lingering_time` is 30 s. */
const LINGER_MS = 10_000;

/**
 * Reads and drops the rest of a body that was answered early. If the connection were closed at once, the client's
 * next write would meet a reset, and the answer would be lost to it.
 */
export function discardRest(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return;
  request.removeAllListeners('data');
  request.resume();
  const timer = setTimeout(() => request.destroy(), LINGER_MS);
  request.once('close', () => clearTimeout(timer));
}
