import { forwarded, type MalformedCase, malformed, post, refused, SMUGGLED, withLine } from './case.ts';

const TOKEN = 'RFC 9110, 9.1: a method is a token, and its case matters.';
const notAllowed = refused(405, 'FLT_METHOD_NOT_ALLOWED', { staysOpen: true });
const ONLY_POST = 'RFC 9110, 15.5.6: the route takes POST, as Allow says.';

const refusedMethod = (name: string, method: string, why = TOKEN): MalformedCase => ({
  name,
  bytes: withLine(`${method} /process HTTP/1.1`),
  outcomes: [malformed],
  why,
});

const otherMethod = (method: string): MalformedCase => ({
  name: `${method} with a body`,
  bytes: withLine(`${method} /process HTTP/1.1`),
  outcomes: [notAllowed],
  why: ONLY_POST,
});

/** What may stand where the method stands. */
export const methods: readonly MalformedCase[] = [
  refusedMethod('a method in lower case', 'post'),
  refusedMethod('a method in mixed case', 'Post'),
  refusedMethod('an unknown method', 'BREW'),
  refusedMethod('a method that begins as one', 'POSTS'),
  refusedMethod('a method in quotes', '"POST"'),
  refusedMethod('a method with a slash', 'PO/ST'),
  refusedMethod('a method of 300 characters', 'A'.repeat(300)),
  otherMethod('GET'),
  otherMethod('PUT'),
  otherMethod('DELETE'),
  otherMethod('OPTIONS'),
  otherMethod('TRACE'),
  otherMethod('PROPFIND'),
  otherMethod('M-SEARCH'),
  {
    name: 'HEAD with a body',
    bytes: withLine('HEAD /process HTTP/1.1'),
    outcomes: [{ ...notAllowed, isBodiless: true }],
    why: ONLY_POST,
  },
  {
    name: 'GET with a request as its body',
    bytes: withLine('GET /process HTTP/1.1', [`Content-Length: ${SMUGGLED.length}`], SMUGGLED),
    outcomes: [notAllowed],
    why: 'RFC 9112, 6.3: the length counts for every method; the body is read and dropped.',
  },
  {
    name: 'CONNECT to a host',
    bytes: withLine('CONNECT h:80 HTTP/1.1'),
    outcomes: [malformed],
    why: 'RFC 9110, 9.3.6: no tunnels here; what follows is not read.',
  },
  {
    name: 'CONNECT with a path',
    bytes: withLine('CONNECT /process HTTP/1.1'),
    outcomes: [malformed],
    why: 'RFC 9112, 3.2.3: CONNECT takes host and port.',
  },
  {
    name: 'another method in a header',
    bytes: post(['X-HTTP-Method-Override: DELETE', 'Content-Length: 2'], '{}'),
    outcomes: [forwarded({ fields: { 'x-http-method-override': ['DELETE'] } })],
    why: 'The request line alone says the method.',
  },
];
