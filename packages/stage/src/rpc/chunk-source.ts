import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type BodyLimit,
  type BodySink,
  endInto,
  type FaultTaker,
  failInto,
  type Receiving,
  tooLarge,
} from '@flotilla/http-server';

type Pieces = readonly Uint8Array[] | AsyncIterable<Uint8Array>;

/** How much of a body is handed over in one turn of the event loop: as of one that arrives. */
const TURN_BYTES = 256 * 1024;

/** Hands pieces over as if they came as a request's body. @param taker - Told what its sink throws where it is told of a failure. */
export function receivePieces(chunks: Pieces, limit: BodyLimit, sink: BodySink, taker: FaultTaker): Receiving {
  let wake = () => {};
  const room = () =>
    new Promise<void>((resolve) => {
      wake = resolve;
    });
  void pump(chunks, limit, sink, room).then(
    () => endInto(sink, [], taker),
    (error: unknown) => failInto(sink, error, taker),
  );
  return { resume: () => wake() };
}

async function pump(chunks: Pieces, limit: BodyLimit, sink: BodySink, room: () => Promise<void>): Promise<void> {
  let receivedBytes = 0;
  for await (const slice of slices(chunks)) {
    receivedBytes += slice.length;
    if (receivedBytes > limit.maxBytes) throw tooLarge(limit);
    const hasRoom = room();
    if (!sink.chunk(Buffer.from(slice.buffer, slice.byteOffset, slice.byteLength))) await hasRoom;
  }
}

/** A turn of the event loop for others after as much as belongs into one. */
async function* slices(chunks: Pieces): AsyncGenerator<Uint8Array> {
  let turnBytes = 0;
  for await (const chunk of chunks) {
    for (let start = 0; start < chunk.length; start += TURN_BYTES) {
      const slice = chunk.subarray(start, start + TURN_BYTES);
      turnBytes += slice.length;
      if (turnBytes > TURN_BYTES) {
        await nextTurn();
        turnBytes = slice.length;
      }
      yield slice;
    }
  }
}
