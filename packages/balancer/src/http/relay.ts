import type { ServerResponse } from 'node:http';
import { header } from '@flotilla/contracts';
import type { Answer } from './answer.js';
import { field, forwardable, forwardableTrailers, type RawHeaders } from './headers.js';

const NONE: ReadonlySet<string> = new Set();
const LENGTH: ReadonlySet<string> = new Set(['content-length']);
/** Answers without a body, whose length would be that of another (304) or must not be said (204): RFC 9110, 8.6. */
const BODILESS: ReadonlySet<number> = new Set([204, 304]);

/**
 * Passes an instance's answer on to the client as it is: status, headers but those of the connection, and body as
 * bytes. An answer that breaks off is broken off here too; it never looks whole.
 *
 * @param changeHeaders - Makes changes of the relaying process's own, such as its name in `x-served-by`.
 */
export function relay(
  response: ServerResponse,
  answer: Answer,
  changeHeaders: (headers: RawHeaders) => RawHeaders = (headers) => headers,
): void {
  const headers = changeHeaders(forwardable(answer.headers, answer.isWhole ? LENGTH : NONE));
  if (answer.isWhole) relayWhole(response, answer, headers);
  else relayStream(response, answer, headers);
}

function relayWhole(raw: ServerResponse, answer: Answer, headers: RawHeaders): void {
  const { held, status } = answer;
  const body = held.length === 1 ? (held[0] as string) : held.join('');
  const trailers = forwardableTrailers(answer.trailers);
  // Fields after a body need one that comes in chunks.
  if (trailers.length === 0 && !BODILESS.has(status)) headers.push('content-length', String(body.length));
  raw.writeHead(status, headers as unknown as Record<string, string>);
  if (trailers.length > 0) raw.addTrailers(pairs(trailers));
  // With its head in one write.
  raw.end(body, 'latin1');
}

function relayStream(raw: ServerResponse, answer: Answer, headers: RawHeaders): void {
  raw.writeHead(answer.status, headers as unknown as Record<string, string>);
  for (const part of answer.held) raw.write(part, 'latin1');
  raw.on('drain', () => answer.resume());
  answer.stream({
    data: (chunk) => raw.write(chunk),
    end: (trailers) => {
      if (trailers.length > 0) raw.addTrailers(pairs(forwardableTrailers(trailers)));
      raw.end();
    },
    // A reset: to a client of HTTP/1.0 an ordinary close is the end of a whole answer.
    fail: () => raw.socket?.resetAndDestroy() ?? raw.destroy(),
  });
}

function pairs(raw: RawHeaders): [string, string][] {
  return Array.from({ length: raw.length / 2 }, (_, n) => [raw[2 * n] as string, raw[2 * n + 1] as string]);
}

/** The id that an answer's header carries: what a balancer logs. */
export function requestIdOfAnswer(answer: Answer): string | undefined {
  return field(answer.headers, header.requestId);
}
