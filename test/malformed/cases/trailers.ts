import { forwarded, type MalformedCase, malformed, type Outcome, post, refused, SMUGGLED } from './case.ts';

const FIELD_LINE = 'RFC 9112, 7.1.2: trailers are fields, and read as strictly.';
const FORBIDDEN = 'RFC 9110, 6.5.1: in a trailer it means nothing.';

const trailer = (name: string, lines: string, outcome: Outcome, why: string): MalformedCase => ({
  name,
  bytes: post(['Transfer-Encoding: chunked'], `2\r\n{}\r\n0\r\n${lines}\r\n`),
  outcomes: [outcome],
  why,
});

const forbidden = (field: string, value: string, keeps: readonly string[]): MalformedCase =>
  trailer(
    `${field} as a trailer`,
    `${field}: ${value}\r\n`,
    forwarded({ fields: { [field.toLowerCase()]: keeps }, change: 'the trailer is left out' }),
    FORBIDDEN,
  );

/** Fields behind a body. */
export const trailers: readonly MalformedCase[] = [
  trailer(
    'a trailer',
    'X-A: x\r\n',
    forwarded({ fields: { 'x-a': [] }, trailers: [['x-a', 'x']] }),
    'RFC 9110, 6.5: it is passed on as a trailer, and never becomes a header.',
  ),
  forbidden('Content-Type', 'text/plain', ['application/json']),
  forbidden('Authorization', 'x', []),
  forbidden('Cache-Control', 'no-store', []),
  forbidden('X-Failed-Stage', 'service1', []),
  forbidden('Host', 'other', ['h']),
  trailer('Content-Length as a trailer', 'Content-Length: 5\r\n', malformed, FORBIDDEN),
  trailer('Transfer-Encoding as a trailer', 'Transfer-Encoding: chunked\r\n', malformed, FORBIDDEN),
  trailer('a trailer without a colon', 'nonsense\r\n', malformed, FIELD_LINE),
  trailer('a trailer with a space before the colon', 'X-A : x\r\n', malformed, FIELD_LINE),
  trailer('a trailer with a bare LF', 'X-A: x\n', malformed, FIELD_LINE),
  trailer('a trailer that is folded', 'X-A: x\r\n y\r\n', malformed, FIELD_LINE),
  trailer('a trailer with NUL', 'X-A: \0\r\n', malformed, FIELD_LINE),
  {
    name: 'an upgrade as trailers, and a request after it',
    bytes: `${post(
      ['Transfer-Encoding: chunked'],
      '2\r\n{}\r\n0\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n',
    )}${SMUGGLED}`,
    outcomes: [forwarded({ change: 'the trailers are left out' }), forwarded({ target: '/process?smuggled' })],
    why: FORBIDDEN,
  },
  trailer(
    'trailers of 20,000 bytes',
    `X-A: ${'x'.repeat(20_000)}\r\n`,
    refused(431, 'FLT_HEADERS_TOO_LARGE'),
    'RFC 6585, 5.',
  ),
];
