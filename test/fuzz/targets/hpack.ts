import fc from 'fast-check';
import { headers } from '../../../packages/http2/test/frames.js';
import { mutated, mutations } from '../bytes.js';
import { requestBlock } from '../http2-inputs.js';
import { expectSame, servedByNode, servedByUs } from '../http2-peers.js';
import { fuzzTarget } from '../target.js';

const COMPRESSION_ERROR = 9;
const MEANINGFUL = [
  '\x80',
  '\xbe',
  '\xbf',
  '\xff',
  '\x3f',
  '\x20',
  '\x40',
  '\x7f',
  '\x00',
  '\x10',
  '\x0f',
  '\x82',
  '\x7f\x80\x80\x80\x80\x01',
];
const inputs = fc.array(
  fc.tuple(requestBlock, mutations(MEANINGFUL, 2)).map(([block, changes]) => mutated(block, changes)),
  { minLength: 1, maxLength: 5 },
);

/** Blocks of fields, one request each, on a connection of ours and on one of Node's (nghttp2). */
export const hpack = fuzzTarget('HPACK beside nghttp2', inputs, async (blocks) => {
  const frames = blocks.map((block, n) => headers(2 * n + 1, block));
  const [ours, node] = [await servedByUs(frames), await servedByNode(frames)];
  const isBroken = ours.goAway === COMPRESSION_ERROR;
  if (isBroken !== (node.goAway === COMPRESSION_ERROR))
    throw new Error(`ended by ${ours.goAway}; by Node with ${node.goAway}`);
  expectSame(ours, node);
  return ours.requests.size > 0;
});
