import { header } from '@flotilla/contracts';
import type { InboundRequest } from '@flotilla/http-server';
import { forwardable, hopByHopAnd, type RawHeaders } from '../http1/headers.js';

const FOR = 'x-forwarded-for';
const HOST = 'x-forwarded-host';
const PROTO = 'x-forwarded-proto';
const FORWARDED = 'forwarded';
const VIA = 'via';

/** What is replaced. The body's length is that of what is sent, whatever was said of it. */
const REPLACED = hopByHopAnd(
  header.requestId,
  header.deadline,
  'grpc-timeout',
  'connect-timeout-ms',
  'content-length',
  FOR,
  FORWARDED,
  VIA,
);

/** A host and port that can stand between quotes without more ado. */
const PLAIN_HOST = /^[A-Za-z0-9._:[\]-]+$/;
const MAPPED = '::ffff:';

/**
 * The header fields of a request that go on to an instance, with what this hop adds: whom the request came from and
 * through (`Via`: RFC 9110, section 7.6.3; `Forwarded`: RFC 7239; and what was used before it). What earlier hops have
 * said is kept, and stands first; it is not verified here.
 *
 * @param requestId - The id that the request has from here on.
 * @param hop - What this process is called in `Via`.
 */
export function forwardedHeaders(request: InboundRequest, requestId: string, hop: string): RawHeaders {
  const kept = forwardable(request.rawHeaders, REPLACED);
  const client = plainAddress(request.remoteAddress ?? 'unknown');
  const givenHost = request.header('host');
  const host = givenHost !== undefined && PLAIN_HOST.test(givenHost) ? givenHost : undefined;
  if (givenHost === undefined) kept.push('host', hop);
  kept.push(header.requestId, requestId);
  kept.push(VIA, after(request.header(VIA), `${request.httpVersion} ${hop}`));
  kept.push(FOR, after(request.header(FOR), client));
  kept.push(FORWARDED, after(request.header(FORWARDED), forwardedElement(client, host)));
  if (request.header(PROTO) === undefined) kept.push(PROTO, 'http');
  if (request.header(HOST) === undefined && host !== undefined) kept.push(HOST, host);
  return kept;
}

function forwardedElement(client: string, host: string | undefined): string {
  const node = client.includes(':') ? `"[${client}]"` : client;
  return host === undefined ? `for=${node};proto=http` : `for=${node};host="${host}";proto=http`;
}

function after(given: string | undefined, value: string): string {
  return given === undefined ? value : `${given}, ${value}`;
}

/** IPv4 without its mapping into IPv6. */
function plainAddress(address: string): string {
  return address.startsWith(MAPPED) ? address.slice(MAPPED.length) : address;
}
