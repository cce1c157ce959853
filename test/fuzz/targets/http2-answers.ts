import { inspect, isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { frameType } from '../../../packages/http2/src/frames/protocol.js';
import { frame } from '../../../packages/http2/test/frames.js';
import { cutAt, cuts, mutated, mutations } from '../bytes.js';
import { answeredToNode, answeredToUs, expectSameAnswers } from '../http2-clients.js';
import {
  isOnlyReadByOthers,
  MEANINGFUL_IN_FRAMES,
  message,
  otherFrame,
  responseBlock,
  wholeMessages,
} from '../http2-inputs.js';
import { fuzzTarget } from '../target.js';

const SETTINGS = frame(frameType.settings, 0, 0);
const answer = message(responseBlock, fc.constantFrom(1, 1, 3, 3, 5, 2));
const inputs = fc
  .tuple(
    fc.array(
      fc.oneof(
        { weight: 2, arbitrary: answer },
        otherFrame.map((each) => [each]),
      ),
      { minLength: 1, maxLength: 5 },
    ),
    mutations(MEANINGFUL_IN_FRAMES, 2),
    cuts,
  )
  .map(([all, changes, places]) => ({
    bytes: wholeMessages(mutated(Buffer.concat([SETTINGS, ...all.flat()]), changes)),
    places,
  }));

/** Frames of a server, to a client of ours and to one of Node's (nghttp2). */
export const http2Answers = fuzzTarget('HTTP/2 answers beside nghttp2', inputs, async ({ bytes, places }) => {
  if (isOnlyReadByOthers(bytes)) return false;
  const [whole, inPieces, node] = [
    await answeredToUs([bytes]),
    await answeredToUs(cutAt(bytes, places)),
    await answeredToNode([bytes]),
  ];
  if (!isDeepStrictEqual(inPieces, whole)) throw new Error(`in pieces: ${inspect(inPieces)}; whole: ${inspect(whole)}`);
  expectSameAnswers(whole, node);
  return whole.answers.size > 0;
});
