import { forwarded, type MalformedCase, malformed, type Outcome, post, refused, SOUND, USUAL_HEAD } from './case.ts';

const incomplete = refused(400, 'FLT_BODY_INCOMPLETE');
const HEAD = 'RFC 9112, 8: a head that does not end is no request.';
const BODY = 'RFC 9112, 8: a body that does not end is incomplete.';

const end = (name: string, bytes: string, outcomes: readonly Outcome[], why: string): MalformedCase => ({
  name,
  bytes,
  halfCloses: true,
  outcomes,
  why,
});

const inHead = (name: string, bytes: string): MalformedCase => end(name, bytes, [malformed], HEAD);
const inChunks = (name: string, body: string): MalformedCase =>
  end(name, post(['Transfer-Encoding: chunked'], body), [incomplete], BODY);

/** Clients that stop, wherever they are. */
export const earlyEnds: readonly MalformedCase[] = [
  end('before anything', '', [], 'A connection that carries nothing is closed.'),
  end('behind an empty line', '\r\n', [], 'A connection that carries nothing is closed.'),
  inHead('in the method', 'PO'),
  inHead('behind the method', 'POST '),
  inHead('in the target', 'POST /pro'),
  inHead('behind the target', 'POST /process '),
  inHead('in the version', 'POST /process HTTP/1.'),
  inHead('behind the version', 'POST /process HTTP/1.1'),
  inHead('in the line end', 'POST /process HTTP/1.1\r'),
  inHead('behind the request line', 'POST /process HTTP/1.1\r\n'),
  inHead('in a name', 'POST /process HTTP/1.1\r\nHo'),
  inHead('behind a colon', 'POST /process HTTP/1.1\r\nHost:'),
  inHead('in a value', 'POST /process HTTP/1.1\r\nHost: h'),
  inHead('behind a header', USUAL_HEAD),
  inHead('in the empty line', `${USUAL_HEAD}\r`),
  end('before the body', post(['Content-Length: 2']), [incomplete], BODY),
  end('in the body', post(['Content-Length: 2'], '{'), [incomplete], BODY),
  end('behind 100-continue', post(['Expect: 100-continue', 'Content-Length: 2']), [incomplete], BODY),
  end(
    'in a long body',
    post(['Content-Length: 200000'], 'x'.repeat(100_000)),
    [refused(400, 'FLT_BODY_INCOMPLETE', { beginsAtInstance: true })],
    `${BODY} What an instance has of it never looks whole.`,
  ),
  inChunks('before the first chunk', ''),
  inChunks('in a size', '2'),
  inChunks('behind a size', '2\r\n'),
  inChunks('in an extension', '2;a'),
  inChunks('in a chunk', '2\r\n{'),
  inChunks('behind the data', '2\r\n{}'),
  inChunks('behind a chunk', '2\r\n{}\r\n'),
  inChunks('in the last chunk', '2\r\n{}\r\n0'),
  inChunks('behind the last chunk', '2\r\n{}\r\n0\r\n'),
  inChunks('in the last line end', '2\r\n{}\r\n0\r\n\r'),
  inChunks('in a trailer', '2\r\n{}\r\n0\r\nX-A: x'),
  end('in a second request', `${SOUND}POST /pro`, [forwarded({ staysOpen: false }), malformed], HEAD),
];
