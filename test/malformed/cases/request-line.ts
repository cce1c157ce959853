import { forwarded, type MalformedCase, malformed, SOUND, withLine } from './case.ts';

const GRAMMAR = 'RFC 9112, 3: one space between method, target and version, and CRLF at the end.';
const EMPTY_LINES = 'RFC 9112, 2.2: a server ignores empty lines before the request line.';

const refusedLine = (name: string, line: string, why = GRAMMAR): MalformedCase => ({
  name,
  bytes: withLine(line),
  outcomes: [malformed],
  why,
});

const spaces = (name: string, line: string): MalformedCase => ({
  name,
  bytes: withLine(line),
  outcomes: [forwarded({ change: 'one space is left' })],
  why: 'RFC 9112, 3: a server may take several spaces for one.',
});

/** Whether there is a request line, and where its parts are. */
export const requestLine: readonly MalformedCase[] = [
  spaces('two spaces before the target', 'POST  /process HTTP/1.1'),
  spaces('two spaces before the version', 'POST /process  HTTP/1.1'),
  refusedLine('a tab before the target', 'POST\t/process HTTP/1.1'),
  refusedLine('a tab before the version', 'POST /process\tHTTP/1.1'),
  refusedLine('a vertical tab before the version', 'POST /process\vHTTP/1.1'),
  refusedLine('a space before the method', ' POST /process HTTP/1.1'),
  refusedLine('a space behind the version', 'POST /process HTTP/1.1 '),
  refusedLine('a tab behind the version', 'POST /process HTTP/1.1\t'),
  refusedLine('a fourth word', 'POST /process more HTTP/1.1'),
  refusedLine('no target', 'POST HTTP/1.1'),
  refusedLine('a method alone', 'POST'),
  refusedLine('a status line', 'HTTP/1.1 200 OK'),
  {
    name: 'a bare LF ends the request line',
    bytes: SOUND.replace('HTTP/1.1\r\n', 'HTTP/1.1\n'),
    outcomes: [malformed],
    why: 'RFC 9112, 2.2 lets a recipient take a bare LF; others do not, and then read other lines.',
  },
  {
    name: 'a bare CR ends the request line',
    bytes: SOUND.replace('HTTP/1.1\r\n', 'HTTP/1.1\r'),
    outcomes: [malformed],
    why: 'RFC 9112, 2.2: a bare CR is invalid.',
  },
  {
    name: 'white space before the first header',
    bytes: SOUND.replace('Host', ' Host'),
    outcomes: [malformed],
    why: 'RFC 9112, 2.2: white space between the request line and the first field is refused.',
  },
  {
    name: 'a line of white space before the first header',
    bytes: SOUND.replace('Host', ' \r\nHost'),
    outcomes: [malformed],
    why: 'RFC 9112, 2.2: white space between the request line and the first field is refused.',
  },
  {
    name: 'an empty line before the request line',
    bytes: `\r\n${SOUND}`,
    outcomes: [forwarded({ change: 'the empty line is left out' })],
    why: EMPTY_LINES,
  },
  {
    name: 'ten empty lines before the request line',
    bytes: `${'\r\n'.repeat(10)}${SOUND}`,
    outcomes: [forwarded({ change: 'the empty lines are left out' })],
    why: EMPTY_LINES,
  },
  {
    name: 'a bare LF before the request line',
    bytes: `\n${SOUND}`,
    outcomes: [forwarded({ change: 'the LF is left out' })],
    why: EMPTY_LINES,
  },
  {
    name: 'a bare CR before the request line',
    bytes: `\r${SOUND}`,
    outcomes: [forwarded({ change: 'the CR is left out' })],
    why: EMPTY_LINES,
  },
  {
    name: 'a BOM before the request line',
    bytes: `\xef\xbb\xbf${SOUND}`,
    outcomes: [malformed],
    why: GRAMMAR,
  },
];
