import { header } from '@flotilla/contracts';
import type { OutboundResponse } from '@flotilla/http-server';
import { field, forwardable, forwardableTrailers, hopByHopAnd, type RawHeaders } from '../http1/headers.js';
import type { Answer } from './answer.js';

const HOP_BY_HOP = hopByHopAnd();
const AND_LENGTH = hopByHopAnd('content-length');

/**
 * Passes an instance's answer on to the client as it is: status, headers but those of the connection, and body as
 * bytes. An answer that breaks off is broken off here too; it never looks whole.
 *
 * @param changeHeaders - Makes changes of the relaying process's own, such as its name in `x-served-by`.
 * @param changeTrailers - The fields after the body that go on.
 */
export function relay(
  response: OutboundResponse,
  answer: Answer,
  changeHeaders: (headers: RawHeaders) => RawHeaders = (headers) => headers,
  changeTrailers: (trailers: RawHeaders) => RawHeaders = forwardableTrailers,
): void {
  const headers = changeHeaders(forwardable(answer.headers, answer.isWhole ? AND_LENGTH : HOP_BY_HOP));
  if (answer.isWhole) relayWhole(response, answer, headers, changeTrailers(answer.trailers));
  else relayStream(response, answer, headers, changeTrailers);
}

function relayWhole(response: OutboundResponse, answer: Answer, headers: RawHeaders, trailers: RawHeaders): void {
  const { held, status } = answer;
  const body = held.length === 1 ? (held[0] as string) : held.join('');
  if (trailers.length === 0) {
    response.send(status, headers, body);
    return;
  }
  // Fields after a body need one that comes in chunks.
  response.begin(status, headers);
  response.write(Buffer.from(body, 'latin1'));
  response.end(trailers);
}

function relayStream(
  response: OutboundResponse,
  answer: Answer,
  headers: RawHeaders,
  changeTrailers: (trailers: RawHeaders) => RawHeaders,
): void {
  response.begin(answer.status, headers);
  for (const part of answer.held) response.write(Buffer.from(part, 'latin1'));
  response.onDrain(() => answer.resume());
  answer.stream({
    data: (chunk) => response.write(chunk),
    end: (trailers) => response.end(changeTrailers(trailers)),
    fail: () => response.abort(),
  });
}

/** The id that an answer's header carries: what a balancer logs. */
export function requestIdOfAnswer(answer: Answer): string | undefined {
  return field(answer.headers, header.requestId);
}
