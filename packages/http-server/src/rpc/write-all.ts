import type { OutboundResponse } from '../message/exchange.js';

/** How much of an answer is written at once. */
const SLICE_BYTES = 256 * 1024;

/**
 * Writes pieces to an answer that has started, no faster than its client reads. What a connection of HTTP/2 has been given
 * counts against its memory: a large piece is given to it bit by bit.
 *
 * @param chunks - The rest of them is let be when the client leaves.
 */
export async function writeAll(
  response: OutboundResponse,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<void> {
  const flow = flowOf(response);
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += SLICE_BYTES) {
      const slice = chunk.subarray(at, at + SLICE_BYTES);
      const hasRoom = response.write(Buffer.from(slice.buffer, slice.byteOffset, slice.byteLength));
      if (flow.isClosed) return;
      if (!hasRoom) await flow.drained();
    }
  }
}

/** Whether a response takes more, and when. */
function flowOf(response: OutboundResponse) {
  let wake = () => {};
  const flow = {
    isClosed: false,
    drained: () =>
      new Promise<void>((resolve) => {
        wake = resolve;
      }),
  };
  response.onDrain(() => wake());
  response.onClose(() => {
    flow.isClosed = true;
    wake();
  });
  return flow;
}
