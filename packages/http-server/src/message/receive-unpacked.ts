import { endInto, failInto } from './boundary.js';
import type { ContentCoding } from './content-coding.js';
import type { BodyLimit, BodySink, FaultTaker, InboundRequest, Receiving } from './exchange.js';
import { Unpacking } from './gunzip.js';
import { checkAnnouncedLength, tooLarge } from './receive.js';

/** What gzip may add to bytes that cannot be packed: five to each block of 16 KiB, and its head and tail. */
const MAX_GROWTH = 1 / 1024;
const HEAD_AND_TAIL_BYTES = 1024;

/**
 * Hands a body over as it arrives, unpacked if it is packed. The limit is that of what it unpacks to, and it is unpacked no
 * further than that.
 *
 * @param taker - Told what the sink throws where it is told of a failure.
 */
export function receiveUnpacked(
  request: Pick<InboundRequest, 'receive'>,
  coding: ContentCoding,
  limit: BodyLimit,
  sink: BodySink,
  taker: FaultTaker,
): Receiving {
  if (coding === 'identity') return request.receive(limit, sink);
  let trailers: readonly string[] = [];
  let unpackedBytes = 0;
  // A body that is there may have been received before this is known.
  let receiving: Receiving | undefined;
  const unpacking = new Unpacking(
    {
      chunk: (chunk) => {
        unpackedBytes += chunk.length;
        if (unpackedBytes > limit.maxBytes) throw tooLarge(limit);
        return sink.chunk(chunk);
      },
      end: () => endInto(sink, trailers, taker),
      fail: (error) => failInto(sink, error, taker),
    },
    () => receiving?.resume(),
  );
  receiving = request.receive(packedLimit(limit), {
    chunk: (chunk) => unpacking.write(chunk),
    end: (rawTrailers) => {
      trailers = rawTrailers;
      unpacking.end();
    },
    fail: (error) => unpacking.fail(error),
  });
  return { resume: () => unpacking.resume() };
}

/** Refuses a body that says of itself that it is too large, before any of it is read. */
export function checkAnnouncedLengthOf(
  request: Pick<InboundRequest, 'header'>,
  coding: ContentCoding,
  limit: BodyLimit,
): void {
  checkAnnouncedLength(request, coding === 'identity' ? limit : packedLimit(limit));
}

function packedLimit({ maxBytes, setting }: BodyLimit): BodyLimit {
  return { maxBytes: Math.ceil(maxBytes * (1 + MAX_GROWTH)) + HEAD_AND_TAIL_BYTES, setting };
}
