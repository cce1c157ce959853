import { forwarded, type MalformedCase, malformed, post } from './case.ts';

const ONLY_CHUNKED = 'RFC 9112, 6.1: a coding that is not understood is refused; `chunked` alone is.';
const BOTH = 'RFC 9112, 6.3: a request with both may be an attempt at smuggling.';
const OBFUSCATED = 'RFC 9112, 5: no reader should take this for the field, but some do.';
const FRAMED = 'RFC 9112, 6.1: the coding is that of one connection.';
const BODY = '2\r\n{}\r\n0\r\n\r\n';

const refusedLines = (name: string, lines: readonly string[], why: string): MalformedCase => ({
  name,
  bytes: post(lines, BODY),
  outcomes: [malformed],
  why,
});

const refusedValue = (name: string, value: string, why = ONLY_CHUNKED): MalformedCase =>
  refusedLines(name, [`Transfer-Encoding: ${value}`], why);

const chunked = (name: string, line: string): MalformedCase => ({
  name,
  bytes: post([line], BODY),
  outcomes: [forwarded({ change: 'the body is framed again' })],
  why: FRAMED,
});

/** How a body is coded for its way. */
export const transferEncoding: readonly MalformedCase[] = [
  chunked('chunked', 'Transfer-Encoding: chunked'),
  chunked('in other letters', 'TRANSFER-ENCODING: ChunKed'),
  chunked('white space before it', 'Transfer-Encoding:\t chunked'),
  chunked('spaces after it', 'Transfer-Encoding: chunked  '),
  refusedValue('a tab after it', 'chunked\t', 'RFC 9112, 5.1 allows it; Node’s parser does not.'),
  refusedValue('gzip, chunked', 'gzip, chunked'),
  refusedValue('chunked, gzip', 'chunked, gzip'),
  refusedValue('gzip', 'gzip'),
  refusedValue('identity', 'identity'),
  refusedValue('chunked, identity', 'chunked, identity'),
  refusedValue('identity, chunked', 'identity, chunked'),
  refusedValue('chunked, chunked', 'chunked, chunked'),
  refusedValue('nothing', ''),
  refusedValue('a comma before it', ', chunked'),
  refusedValue('a comma after it', 'chunked,'),
  refusedValue('a letter before it', 'xchunked'),
  refusedValue('a letter after it', 'chunkedx'),
  refusedValue('quotes', '"chunked"'),
  refusedValue('a parameter', 'chunked;q=1'),
  refusedValue('two words', 'chunked chunked'),
  refusedValue('a vertical tab before it', '\vchunked', OBFUSCATED),
  refusedValue('a vertical tab after it', 'chunked\v', OBFUSCATED),
  refusedValue('NUL after it', 'chunked\0', OBFUSCATED),
  refusedValue('a no-break space before it', '\xa0chunked', OBFUSCATED),
  refusedValue('a bare CR after it', 'chunked\r', OBFUSCATED),
  refusedLines('twice', ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'], ONLY_CHUNKED),
  refusedLines('twice, identity last', ['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'], ONLY_CHUNKED),
  refusedLines('twice, identity first', ['Transfer-Encoding: identity', 'Transfer-Encoding: chunked'], ONLY_CHUNKED),
  refusedLines('twice, nothing last', ['Transfer-Encoding: chunked', 'Transfer-Encoding:'], ONLY_CHUNKED),
  refusedLines('a space before the colon', ['Transfer-Encoding : chunked', 'Content-Length: 2'], OBFUSCATED),
  refusedLines('a tab before the colon', ['Transfer-Encoding\t: chunked', 'Content-Length: 2'], OBFUSCATED),
  refusedLines('NUL before the colon', ['Transfer-Encoding\0: chunked', 'Content-Length: 2'], OBFUSCATED),
  refusedLines('a folded value', ['Transfer-Encoding:\r\n chunked', 'Content-Length: 2'], OBFUSCATED),
  refusedLines(
    'folded into another header',
    ['X-A: x\r\n Transfer-Encoding: chunked', 'Content-Length: 2'],
    OBFUSCATED,
  ),
  refusedLines('behind a bare LF', ['X-A: x\nTransfer-Encoding: chunked', 'Content-Length: 2'], OBFUSCATED),
  refusedLines('behind a bare CR', ['X-A: x\rTransfer-Encoding: chunked', 'Content-Length: 2'], OBFUSCATED),
  refusedLines('an underscore for the dash', ['Transfer_Encoding: chunked', 'Content-Length: 2'], OBFUSCATED),
  refusedLines('a length before it', ['Content-Length: 2', 'Transfer-Encoding: chunked'], BOTH),
  refusedLines('a length after it', ['Transfer-Encoding: chunked', 'Content-Length: 2'], BOTH),
  refusedLines('a length of 0 before it', ['Content-Length: 0', 'Transfer-Encoding: chunked'], BOTH),
  refusedLines('a length and identity', ['Content-Length: 2', 'Transfer-Encoding: identity'], BOTH),
  {
    name: 'in HTTP/1.0',
    bytes: `POST /process HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n${BODY}`,
    outcomes: [malformed],
    why: 'RFC 9112, 6.1: in HTTP/1.0 the framing is to be taken as faulty.',
  },
  {
    name: 'with a length in HTTP/1.0',
    bytes: `POST /process HTTP/1.0\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n${BODY}`,
    outcomes: [malformed],
    why: BOTH,
  },
];
