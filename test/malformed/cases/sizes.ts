import { forwarded, type MalformedCase, malformed, type Outcome, post, refused, SOUND, withLine } from './case.ts';

const tooLarge = refused(431, 'FLT_HEADERS_TOO_LARGE');
const HEADERS = 'RFC 6585, 5: `FLOTILLA_MAX_HEADERS` (100) and `FLOTILLA_MAX_HEADER_BYTES` (16,384).';
const TARGET = 'RFC 9112, 3: at least 8,000 bytes are taken.';

const request = (name: string, bytes: string, outcome: Outcome, why = HEADERS): MalformedCase => ({
  name,
  bytes,
  outcomes: [outcome],
  why,
});

const head = (name: string, lines: readonly string[], outcome: Outcome): MalformedCase =>
  request(name, post([...lines, 'Content-Length: 2'], '{}'), outcome);

const query = (bytes: number) => `/process?${'a'.repeat(bytes - 9)}`;

/** More of something than there may be, and just as much. */
export const sizes: readonly MalformedCase[] = [
  head('100 headers', Array(97).fill('A: b'), forwarded()),
  head('101 headers', Array(98).fill('A: b'), tooLarge),
  head('10,000 headers', Array(10_000).fill('A: b'), tooLarge),
  head('a header of 20,000 bytes', [`X-A: ${'x'.repeat(20_000)}`], tooLarge),
  head('a name of 20,000 bytes', [`${'x'.repeat(20_000)}: x`], tooLarge),
  head('a header of 15,000 bytes', [`X-A: ${'x'.repeat(15_000)}`], forwarded()),
  head('17 headers of 1,000 bytes and more', Array(17).fill(`X-A: ${'x'.repeat(1000)}`), tooLarge),
  head(
    'Connection names 2,000 fields',
    [`Connection: ${'x-a,'.repeat(2000)}x-b`, 'X-B: x'],
    forwarded({ fields: { 'x-b': [] }, change: 'without `x-b`' }),
  ),
  request(
    'a target of 8,000 bytes',
    withLine(`POST ${query(8000)} HTTP/1.1`),
    forwarded({ target: query(8000) }),
    TARGET,
  ),
  request(
    'a target of 10,000 bytes',
    withLine(`POST ${query(10_000)} HTTP/1.1`),
    refused(414, 'FLT_TARGET_TOO_LONG'),
    'RFC 9112, 3: a target that is too long gets 414.',
  ),
  request('a target of 20,000 bytes', withLine(`POST ${query(20_000)} HTTP/1.1`), tooLarge),
  request(
    '1,000 empty lines before the request',
    `${'\r\n'.repeat(1000)}${SOUND}`,
    forwarded({ change: 'the empty lines are left out' }),
    'RFC 9112, 2.2: a server ignores empty lines before the request line.',
  ),
  request(
    'a chunk’s extension of 20,000 bytes',
    post(['Transfer-Encoding: chunked'], `2;${'a'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`),
    malformed,
    'RFC 9112, 7.1.1: extensions have a limit.',
  ),
  request(
    'a body in chunks over the limit',
    post(['Transfer-Encoding: chunked'], `30d41\r\n${'x'.repeat(200_001)}\r\n0\r\n\r\n`),
    refused(413, 'FLT_BODY_TOO_LARGE', { staysOpen: true, beginsAtInstance: true }),
    'RFC 9110, 15.5.14: it is found out as it comes; the rest is read and dropped.',
  ),
];
