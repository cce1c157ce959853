import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { FlotillaError } from '@flotilla/contracts';
import { endInto, failInto } from './boundary.js';
import type { BodyLimit, BodySink, FaultTaker, InboundRequest, RawFields, Receiving } from './exchange.js';

/**
 * How much of one body is handed over in one turn of the event loop. Node alone reads up to 2 MB of a fast client at
 * once, and a text that is all different words takes 60 ms a megabyte to count.
 */
export const TURN_BYTES = 256 * 1024;

/** What is known of a body at its end. */
export interface BodyEnding {
  trailers(): RawFields;
  /** Tells whether the end is that of the request, and not of what could be read of it. */
  confirm(done: (isWhole: boolean) => void): void;
  /** Told what the sink throws where it is told of a failure. */
  readonly taker: FaultTaker;
}

/**
 * Hands a request's body over as it arrives. Plain events: an async iterator over a small body costs more than all
 * else that is done with it.
 *
 * The sink is failed with `FLT_BODY_TOO_LARGE` past the limit, with `FLT_BODY_INCOMPLETE` if the client stops before
 * its announced end, and with what else the parser found wrong.
 */
export function receive(request: Readable, limit: BodyLimit, sink: BodySink, ending: BodyEnding): Receiving {
  let receivedBytes = 0;
  let turnBytes = 0;
  let isDone = false;
  let sinkIsFull = false;
  let turnIsOver = false;
  const goOn = () => {
    if (!sinkIsFull && !turnIsOver && !isDone) request.resume();
  };
  const endTurn = () => {
    turnIsOver = true;
    setImmediate(() => {
      turnBytes = 0;
      turnIsOver = false;
      goOn();
    });
  };
  const fail = (error: Error) => {
    if (isDone) return;
    isDone = true;
    request.removeAllListeners('data');
    failInto(sink, error, ending.taker);
  };
  request.on('data', (chunk: Buffer) => {
    receivedBytes += chunk.length;
    if (receivedBytes > limit.maxBytes) {
      fail(tooLarge(limit));
      return;
    }
    try {
      sinkIsFull = !sink.chunk(chunk);
    } catch (error) {
      fail(error as Error);
      return;
    }
    turnBytes += chunk.length;
    if (turnBytes >= TURN_BYTES && !turnIsOver) endTurn();
    if (sinkIsFull || turnIsOver) request.pause();
  });
  // Every request closes in the end; making an error each time would cost more than the rest of this function.
  const breakOff = () => {
    if (!isDone) fail(new FlotillaError('FLT_BODY_INCOMPLETE'));
  };
  const end = () => {
    ending.confirm((isWhole) => {
      if (isDone) return;
      if (!isWhole) {
        breakOff();
        return;
      }
      isDone = true;
      endInto(sink, ending.trailers(), ending.taker);
    });
  };
  // A listener added late is not told the end of an empty body.
  if (request.readableEnded) end();
  else request.on('end', end);
  // What was wrong with it is known if the parser found it; a client that left leaves an error of Node's.
  request.on('error', (error) => (error instanceof FlotillaError ? fail(error) : breakOff()));
  request.on('close', breakOff);
  return {
    resume: () => {
      sinkIsFull = false;
      goOn();
    },
  };
}

/** Refuses a body that says of itself that it is too large, before any of it is read. */
export function checkAnnouncedLength(request: Pick<InboundRequest, 'header'>, limit: BodyLimit): void {
  if (Number(request.header('content-length') ?? 0) > limit.maxBytes) throw tooLarge(limit);
}

/** What a body is refused with that is beyond its limit. */
export function tooLarge({ maxBytes, setting }: BodyLimit): FlotillaError {
  return new FlotillaError('FLT_BODY_TOO_LARGE', `It may have ${maxBytes} bytes here (${setting}).`);
}

/** How long a client may go on sending a body that was answered before its end. nginx's `lingering_time` is 30 s. */
export const LINGER_MS = 10_000;

const answeredEarly = new WeakSet<Socket>();

/** Whether a connection's last answer is out, and the rest of its request is still being read. */
export function isAnsweredEarly(socket: Socket): boolean {
  return answeredEarly.has(socket);
}

/**
 * Reads and drops the rest of a body that was answered early; called before Node acts on the end of the answer. If
 * the connection were closed at once, as Node does after `Connection: close`, the client's next write would meet a
 * reset, and the answer would be lost to it.
 */
export function discardRest(request: IncomingMessage): void {
  const { socket } = request;
  // One that came by HTTP/2, and is answered by the framework, has a stand-in for one.
  if (request.complete || request.destroyed || !(socket instanceof Socket)) return;
  answeredEarly.add(socket);
  let closesAfterwards = false;
  socket.destroySoon = () => {
    closesAfterwards = true;
    socket.end();
  };
  request.removeAllListeners('data');
  request.resume();
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(timer));
  request.once('end', () => {
    clearTimeout(timer);
    answeredEarly.delete(socket);
    // The method of its class is behind it.
    Reflect.deleteProperty(socket, 'destroySoon');
    if (closesAfterwards) socket.destroySoon();
  });
}
