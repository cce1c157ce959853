import {
  forwarded,
  type MalformedCase,
  malformed,
  type Outcome,
  post,
  refused,
  SMUGGLED,
  SOUND,
  withLine,
} from './case.ts';

const BOTH = 'RFC 9112, 6.3: a request with both is refused.';
const ONE_READING = 'RFC 9112, 11.2: what two readers would part in two places is refused.';
const PIPELINED = 'RFC 9112, 9.3.2: requests may follow each other; answers come in their order.';
const CLOSES = 'RFC 9112, 9.6: what follows a request that closes the connection is not read.';
const LAST_CHUNK = '0\r\n\r\n';
const smuggled = forwarded({ target: '/process?smuggled' });

const request = (name: string, bytes: string, outcomes: readonly Outcome[], why: string): MalformedCase => ({
  name,
  bytes,
  outcomes,
  why,
});

const attack = (name: string, lines: readonly string[], body: string, why = ONE_READING): MalformedCase =>
  request(name, post(lines, body), [malformed], why);

const CL_ALL = `Content-Length: ${LAST_CHUNK.length + SMUGGLED.length}`;
const TE = 'Transfer-Encoding: chunked';

/** Requests that hide another, and requests that follow each other. */
export const smuggling: readonly MalformedCase[] = [
  attack('CL.TE', [CL_ALL, TE], LAST_CHUNK + SMUGGLED, BOTH),
  attack('TE.CL', [TE, 'Content-Length: 4'], `${SMUGGLED.length.toString(16)}\r\n${SMUGGLED}\r\n${LAST_CHUNK}`, BOTH),
  attack('TE.TE, the second unknown', [TE, 'Transfer-Encoding: cow'], LAST_CHUNK + SMUGGLED),
  attack('TE.TE, the first unknown', ['Transfer-Encoding: cow', TE], LAST_CHUNK + SMUGGLED),
  attack('CL.TE behind a space', [CL_ALL, 'Transfer-Encoding : chunked'], LAST_CHUNK + SMUGGLED),
  attack('CL.TE behind a fold', [CL_ALL, 'X-A: x', ' Transfer-Encoding: chunked'], LAST_CHUNK + SMUGGLED),
  attack('CL.TE behind a bare LF', [CL_ALL, 'X-A: x\nTransfer-Encoding: chunked'], LAST_CHUNK + SMUGGLED),
  attack('CL.TE behind a bare CR', [CL_ALL, 'X-A: x\rTransfer-Encoding: chunked'], LAST_CHUNK + SMUGGLED),
  attack('CL.TE with an underscore', [CL_ALL, 'Transfer_Encoding: chunked'], LAST_CHUNK + SMUGGLED),
  attack('CL.TE with a tab for the dash', [CL_ALL, 'Transfer\tEncoding: chunked'], LAST_CHUNK + SMUGGLED),
  attack('CL.TE with a letter before it', [CL_ALL, 'Transfer-Encoding: xchunked'], LAST_CHUNK + SMUGGLED),
  attack('CL.CL', ['Content-Length: 0', `Content-Length: ${SMUGGLED.length}`], SMUGGLED),
  attack('CL.CL with an underscore', ['Content-Length: 0', `Content_Length: ${SMUGGLED.length}`], SMUGGLED),
  attack('a request in a chunk’s extension', [TE], `2;\n${SMUGGLED}\r\n{}\r\n${LAST_CHUNK}`),
  attack('a request behind a size without its line end', [TE], `0\n\n${SMUGGLED}`),
  attack('a request as trailers', [TE], `0\r\n${SMUGGLED}`),
  request(
    'a request as a body',
    post([`Content-Length: ${SMUGGLED.length}`], SMUGGLED),
    [forwarded({ body: SMUGGLED })],
    'RFC 9110, 6.4: a body is bytes; the balancer reads none of them.',
  ),
  request(
    'a request as a chunk',
    post([TE], `${SMUGGLED.length.toString(16)}\r\n${SMUGGLED}\r\n${LAST_CHUNK}`),
    [forwarded({ body: SMUGGLED, change: 'the body is framed again' })],
    'RFC 9110, 6.4: a body is bytes; the balancer reads none of them.',
  ),
  request(
    'a request as the body of one that is refused',
    withLine('POST /nowhere HTTP/1.1', [`Content-Length: ${SMUGGLED.length}`], SMUGGLED),
    [refused(404, 'FLT_ROUTE_NOT_FOUND', { staysOpen: true })],
    'RFC 9112, 9.3: a body that is not wanted is read to its end.',
  ),
  request('two sound requests', SOUND + SMUGGLED, [forwarded(), smuggled], PIPELINED),
  request(
    'three, in chunks and without a body',
    post([TE], `2\r\n{}\r\n${LAST_CHUNK}`) + post([]) + SMUGGLED,
    [forwarded({ change: 'the body is framed again' }), forwarded({ body: '' }), smuggled],
    PIPELINED,
  ),
  request(
    'an empty line between two',
    `${SOUND}\r\n${SMUGGLED}`,
    [forwarded(), { ...smuggled, change: 'the empty line is left out' }],
    'RFC 9112, 2.2: a server ignores empty lines before the request line.',
  ),
  request(
    'nonsense behind a request',
    `${SOUND}nonsense\r\n\r\n`,
    [forwarded({ staysOpen: false }), malformed],
    ONE_READING,
  ),
  request(
    'a malformed request behind a sound one',
    SOUND + post([CL_ALL, TE], LAST_CHUNK + SMUGGLED),
    [forwarded({ staysOpen: false }), malformed],
    BOTH,
  ),
  request(
    'a last chunk behind a body with a length',
    SOUND + LAST_CHUNK + SMUGGLED,
    [forwarded({ staysOpen: false }), malformed],
    ONE_READING,
  ),
  request(
    'a request behind Connection: close',
    post(['Connection: close', 'Content-Length: 2'], `{}${SMUGGLED}`),
    [forwarded({ staysOpen: false })],
    CLOSES,
  ),
  request(
    'a request behind one of HTTP/1.0',
    `POST /process HTTP/1.0\r\nContent-Length: 2\r\n\r\n{}${SMUGGLED}`,
    [forwarded({ staysOpen: false })],
    CLOSES,
  ),
  ...[
    ['for its Host', SOUND.replace('Host: h', 'Host: h, other')],
    ['for its target', SOUND.replace('/process', '/process#part')],
    ['for a target that cannot be decoded', SOUND.replace('/process', '/%c1%b0')],
    ['for its coding', post(['Transfer-Encoding: identity, chunked'], `2\r\n{}\r\n${LAST_CHUNK}`)],
  ].map(([reason, bytes]) =>
    request(`a request behind one that is refused ${reason}`, `${bytes}${SMUGGLED}`, [malformed], CLOSES),
  ),
];
