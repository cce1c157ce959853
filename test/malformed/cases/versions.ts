import {
  type Forwarded,
  forwarded,
  type MalformedCase,
  malformed,
  post,
  refused,
  SMUGGLED,
  SOUND,
  withLine,
} from './case.ts';

const ONE_VERSION = 'RFC 9112, 2.3: `HTTP/1.1` or `HTTP/1.0`, in capitals.';
const OTHER_PROTOCOL = 'It is no HTTP/1; nothing is forwarded, and the connection is closed.';
const NO_UPGRADE = 'RFC 9110, 7.8: an Upgrade may be ignored, and is no matter of the next hop.';

const version = (name: string, written: string): MalformedCase => ({
  name,
  bytes: withLine(`POST /process ${written}`),
  outcomes: [malformed],
  why: ONE_VERSION,
});

const protocol = (name: string, bytes: string, why = OTHER_PROTOCOL): MalformedCase => ({
  name,
  bytes,
  outcomes: [malformed],
  why,
});

const withoutUpgrade: Forwarded = forwarded({
  fields: { upgrade: [], 'http2-settings': [], 'sec-websocket-key': ['eA=='] },
  change: 'the fields of the upgrade are left out; the connection is closed',
  staysOpen: false,
});

/** A ClientHello of TLS 1.2 for the host `h`, cut short. */
const CLIENT_HELLO = `\x16\x03\x01\x00\x2f\x01\x00\x00\x2b\x03\x03${'\x11'.repeat(32)}\x00\x00\x02\x13\x01\x01\x00`;

/** Other versions of HTTP, and what else is spoken to a port. */
export const versions: readonly MalformedCase[] = [
  version('version 1.2', 'HTTP/1.2'),
  version('version 2.0', 'HTTP/2.0'),
  version('version 3.0', 'HTTP/3.0'),
  version('version 0.9', 'HTTP/0.9'),
  version('no minor version', 'HTTP/1'),
  version('a minor version of two digits', 'HTTP/1.10'),
  version('a version without a dot', 'HTTP/11'),
  version('a version of three parts', 'HTTP/1.1.1'),
  version('a version in lower case', 'http/1.1'),
  version('a space in the version', 'HTTP/ 1.1'),
  version('another protocol’s name', 'HTTQ/1.1'),
  version('ICE', 'ICE/1.1'),
  {
    name: 'RTSP',
    bytes: withLine('POST /process RTSP/1.0'),
    outcomes: [forwarded({ staysOpen: false, change: 'it becomes HTTP/1.1' })],
    why: 'Node’s parser reads it as HTTP/1.0, whose framing it has.',
  },
  {
    name: 'HTTP/0.9',
    bytes: 'GET /process\r\n\r\n',
    outcomes: [malformed],
    why: 'RFC 9112, C.1: HTTP/0.9 is no longer spoken; an answer without a head would be taken for anything.',
  },
  {
    name: 'HTTP/1.0 without Host',
    bytes: 'POST /process HTTP/1.0\r\nContent-Length: 2\r\n\r\n{}',
    outcomes: [forwarded({ staysOpen: false, change: 'it becomes HTTP/1.1, with a Host' })],
    why: 'RFC 9112, 3.2: HTTP/1.0 may have none.',
  },
  {
    name: 'HTTP/1.0 that keeps its connection',
    bytes: 'POST /process HTTP/1.0\r\nHost: h\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\n{}',
    outcomes: [forwarded({ change: 'it becomes HTTP/1.1' })],
    why: 'RFC 9112, 9.3: the connection stays if the client asks for it.',
  },
  protocol(
    'a preface of HTTP/2 that ends otherwise',
    'PRI * HTTP/2.0\r\n\r\nSN\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00',
  ),
  protocol('a TLS ClientHello', CLIENT_HELLO),
  protocol('the PROXY protocol, version 1', `PROXY TCP4 192.0.2.1 192.0.2.2 1234 80\r\n${SOUND}`),
  protocol(
    'the PROXY protocol, version 2',
    `\r\n\r\n\0\r\nQUIT\n!\x11\0\x0c\xc0\0\x02\x01\xc0\0\x02\x02\x04\xd2\0\x50${SOUND}`,
  ),
  protocol('SOCKS5', '\x05\x01\x00'),
  protocol('SSH', 'SSH-2.0-OpenSSH_9.6\r\n'),
  protocol('SMTP', 'EHLO h\r\n'),
  protocol('Redis', '*1\r\n$4\r\nPING\r\n'),
  {
    name: 'an upgrade to h2c',
    bytes: post(
      [
        'Connection: Upgrade, HTTP2-Settings',
        'Upgrade: h2c',
        'HTTP2-Settings: AAMAAABk',
        'Content-Length: 2',
        'Sec-WebSocket-Key: eA==',
      ],
      '{}',
    ),
    outcomes: [withoutUpgrade],
    why: NO_UPGRADE,
  },
  {
    name: 'an upgrade to WebSocket, and frames that are a request',
    bytes: post(
      ['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: eA==', 'Content-Length: 2'],
      `{}${SMUGGLED}`,
    ),
    outcomes: [withoutUpgrade],
    why: `${NO_UPGRADE} What follows is not read.`,
  },
  {
    name: 'an upgrade without a body',
    bytes: `${withLine('GET /process HTTP/1.1', ['Connection: Upgrade', 'Upgrade: h2c'], '')}${SMUGGLED}`,
    outcomes: [refused(405, 'FLT_METHOD_NOT_ALLOWED')],
    why: `${NO_UPGRADE} What follows is not read.`,
  },
];
