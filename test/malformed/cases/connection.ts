import { type Forwarded, forwarded, type MalformedCase, malformed, type Outcome, post } from './case.ts';

const END_TO_END =
  'RFC 9110, 7.6.1: a field that is for every hop must not be named; taken out, it would change the request.';
const NAMED = 'RFC 9110, 7.6.1: what Connection names goes no further.';
const HOP_BY_HOP = 'RFC 9110, 7.6.1: it is about this connection.';
const CLOSE = 'RFC 9112, 9.6: close wins over all else.';

const request = (name: string, lines: readonly string[], outcome: Outcome, why: string): MalformedCase => ({
  name,
  bytes: post([...lines, 'Content-Length: 2'], '{}'),
  outcomes: [outcome],
  why,
});

const named = (name: string, value: string): MalformedCase =>
  request(name, [`Connection: ${value}`], malformed, END_TO_END);

const without = (...fields: readonly string[]): Forwarded =>
  forwarded({
    fields: Object.fromEntries(fields.map((field) => [field, []])),
    change: `without ${fields.map((field) => `\`${field}\``).join(', ')}`,
  });

const dropped = (field: string, value: string): MalformedCase =>
  request(field, [`${field}: ${value}`], without(field.toLowerCase()), HOP_BY_HOP);

/** Fields of one connection, and what may be called one. */
export const connection: readonly MalformedCase[] = [
  named('Connection names Content-Length', 'content-length'),
  named('Connection names Transfer-Encoding', 'Transfer-Encoding'),
  named('Connection names Host', 'host'),
  named('Connection names Content-Type', 'keep-alive, content-type'),
  named('Connection names X-Request-Id', 'x-request-id'),
  named('Connection names them all', 'content-length, x-request-id, host, transfer-encoding'),
  request('Connection names them in a second line', ['Connection: close', 'Connection: host'], malformed, END_TO_END),
  request('Connection names a field', ['Connection: x-a', 'X-A: x', 'X-B: y'], without('x-a'), NAMED),
  request('Connection names a field in other letters', ['Connection: keep-alive,X-a', 'x-A: x'], without('x-a'), NAMED),
  request(
    'Connection names fields in two lines',
    ['Connection: x-a', 'X-A: x', 'Connection: x-b', 'X-B: y'],
    without('x-a', 'x-b'),
    NAMED,
  ),
  request('Connection is empty', ['Connection:'], forwarded(), 'RFC 9110, 5.6.1: an empty list says nothing.'),
  request('Connection is commas', ['Connection: , ,'], forwarded(), 'RFC 9110, 5.6.1: empty elements say nothing.'),
  request('Connection is no list of names', ['Connection: "close"'], malformed, 'RFC 9110, 7.6.1: it lists names.'),
  request('Connection: close', ['Connection: close'], { ...forwarded(), staysOpen: false }, CLOSE),
  request('close and keep-alive', ['Connection: close, keep-alive'], { ...forwarded(), staysOpen: false }, CLOSE),
  request(
    'keep-alive and close in two lines',
    ['Connection: keep-alive', 'Connection: close'],
    { ...forwarded(), staysOpen: false },
    CLOSE,
  ),
  dropped('Keep-Alive', 'timeout=600'),
  request(
    'Proxy-Connection',
    ['Proxy-Connection: close'],
    { ...without('proxy-connection'), staysOpen: false },
    'RFC 9112, C.2.2: it is no standard; it is taken for Connection here, and goes no further.',
  ),
  dropped('Proxy-Authorization', 'Basic eDp5'),
  dropped('TE', 'trailers'),
  dropped('Upgrade', 'websocket'),
];
