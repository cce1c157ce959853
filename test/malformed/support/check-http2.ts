import { expect } from 'vitest';
import { FieldDecoder } from '../../../packages/http2/src/hpack/decoder.js';
import { fields, flag, frame, RawClient, type } from '../../../packages/service-kit/test/http2-frames.js';
import type { MalformedCase, Refused } from '../cases/case.ts';
import type { Http2Request } from './as-http2.ts';
import { checkForwarded, checkPlainRequest, type Endpoint } from './check.ts';

const DEADLINE_MS = 10_000;
/** More than any answer here has. */
const MAX_LIST_BYTES = 65_536;
/** Of RFC 9113, section 7: what a malformed request is reset with, and what a connection ends with whose fields are no end. */
const PROTOCOL_ERROR = 1;
const ENHANCE_YOUR_CALM = 11;

/** What is malformed there: fields, a length that is no number, and one that is not that of the body. */
const RESET = new Set(['FLT_MALFORMED_HTTP', 'FLT_BODY_INCOMPLETE', 'FLT_BODY_TOO_LARGE']);

/** Sends a case by HTTP/2, and fails unless it comes to the same as by HTTP/1.1. */
export async function checkHttp2(target: Endpoint, each: MalformedCase, request: Http2Request): Promise<void> {
  const client = new RawClient(target.port);
  const isWhole = request.body === '';
  const head = flag.endHeaders | (isWhole ? flag.endStream : 0);
  await client.send(frame(type.headers, head, 1, fields(...request.fields)), ...dataOf(request.body));
  const isOver = () => client.isClosed || client.of(type.reset).length > 0 || isEnded(client) || isGone(client);
  await expect.poll(isOver, { timeout: DEADLINE_MS, interval: 2 }).toBe(true);
  client.socket.destroy();
  await checkPlainRequest(target);
  const seen = target.behind.take();
  const [outcome] = each.outcomes;
  if (outcome?.kind === 'refused') checkRefused(client, outcome);
  else expect(statusOf(client)).toBe('200');
  checkForwarded(each, seen);
}

/** In frames of what may be sent at first. */
function dataOf(body: string): Buffer[] {
  const MOST = 16_384;
  const bytes = Buffer.from(body, 'latin1');
  const frames: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += MOST) {
    const isLast = at + MOST >= bytes.length;
    frames.push(frame(type.data, isLast ? flag.endStream : 0, 1, bytes.subarray(at, at + MOST)));
  }
  return frames;
}

function isEnded({ received }: RawClient): boolean {
  return received.some(({ stream, flags }) => stream === 1 && (flags & flag.endStream) !== 0);
}

function isGone(client: RawClient): boolean {
  return client.of(type.goAway).length > 0;
}

function statusOf(client: RawClient): string | undefined {
  const head = client.of(type.headers)[0];
  if (!head) return undefined;
  const decoded = new FieldDecoder(MAX_LIST_BYTES).decode(head.payload).fields;
  return decoded[decoded.indexOf(':status') + 1];
}

/** By a problem; or, where HTTP/2 has a way of its own for it, by a reset (RFC 9113, 8.1.1). */
function checkRefused(client: RawClient, { status, code, isBodiless }: Refused): void {
  const told = statusOf(client);
  if (told === undefined) {
    const reset = client.of(type.reset)[0]?.payload.readUInt32BE(0);
    const good = client.of(type.goAway)[0]?.payload.readUInt32BE(4);
    if (code === 'FLT_HEADERS_TOO_LARGE') expect([reset, good]).toEqual([undefined, ENHANCE_YOUR_CALM]);
    else expect([RESET.has(code), reset]).toEqual([true, PROTOCOL_ERROR]);
    return;
  }
  expect(told).toBe(String(status));
  if (isBodiless) return;
  const body = Buffer.concat(client.of(type.data).map(({ payload }) => payload)).toString();
  expect(JSON.parse(body)).toMatchObject({ status, code });
}
