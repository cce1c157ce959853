import { inspect, isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { cutAt, cuts, mutated, mutations } from '../bytes.js';
import {
  isOnlyReadByOthers,
  MEANINGFUL_IN_FRAMES,
  message,
  otherFrame,
  requestBlock,
  wholeMessages,
} from '../http2-inputs.js';
import { expectSame, servedByNode, servedByUs } from '../http2-peers.js';
import { fuzzTarget } from '../target.js';

/** The same frame on another stream. */
function withStream(bytes: Buffer, stream: number): Buffer {
  const changed = Buffer.from(bytes);
  changed.writeUInt32BE(stream, 5);
  return changed;
}

const ids = fc.constantFrom(1, 3, 5, 7, 3, 1);
const inOrder = fc
  .array(message(requestBlock, fc.constant(1)), { minLength: 1, maxLength: 3 })
  .map((messages) => messages.flatMap((frames, n) => frames.map((each) => withStream(each, 2 * n + 1))));
const anyOrder = fc
  .array(
    fc.oneof(
      message(requestBlock, ids),
      otherFrame.map((each) => [each]),
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((all) => all.flat());
const inputs = fc
  .tuple(fc.oneof(inOrder, anyOrder), mutations(MEANINGFUL_IN_FRAMES, 2), cuts)
  .map(([frames, changes, places]) => ({ bytes: wholeMessages(mutated(Buffer.concat(frames), changes)), places }));

/** Frames of a client, on a connection of ours and on one of Node's (nghttp2). */
export const http2Requests = fuzzTarget('HTTP/2 requests beside nghttp2', inputs, async ({ bytes, places }) => {
  if (isOnlyReadByOthers(bytes)) return false;
  const [whole, inPieces, node] = [
    await servedByUs([bytes]),
    await servedByUs(cutAt(bytes, places)),
    await servedByNode([bytes]),
  ];
  if (!isDeepStrictEqual(inPieces, whole)) throw new Error(`in pieces: ${inspect(inPieces)}; whole: ${inspect(whole)}`);
  expectSame(whole, node);
  return whole.requests.size > 0;
});
