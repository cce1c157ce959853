import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MalformedResponse } from '../../upstream/src/http1/response-head.js';
import { ResponseReader } from '../../upstream/src/http1/response-reader.js';
import { balancer, echo, rawInstance } from './fixtures.js';

const latin1 = (text: string) => Buffer.from(text, 'latin1');

/** Reads pieces one after the other. @returns How many bytes had come when they were refused; undefined if they were not. */
function refusedAfter(pieces: readonly Buffer[]): number | undefined {
  const reader = new ResponseReader();
  reader.start({ onHead: () => {}, onBody: () => {} });
  let bytes = 0;
  for (const chunk of pieces) {
    bytes += chunk.length;
    try {
      if (!reader.isDone) reader.read(chunk);
    } catch (error) {
      expect(error).toBeInstanceOf(MalformedResponse);
      return bytes;
    }
  }
  return undefined;
}

const byteByByte = (text: string) => Array.from(text, latin1);

function cutAt(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  return places.slice(1).map((place, nth) => bytes.subarray(places[nth], place));
}

const OK = 'HTTP/1.1 200 OK\r\n';
const CHUNKED = `${OK}transfer-encoding: chunked\r\n\r\n`;

/** What comes before a `|` is sound; the byte behind it is refused when it comes, with nothing behind that. */
const refusals: [string, string][] = [
  ['another protocol', '|ICY 200 OK'],
  ['words', '|I speak no HTTP'],
  ['an empty line', '|\r\n'],
  ['another version', 'HTTP/1.|2'],
  ['a later version', 'HTTP/|2'],
  ['no space behind the version', 'HTTP/1.1|\r'],
  ['a status below 100', 'HTTP/1.1 |0'],
  ['a status of two digits', 'HTTP/1.1 20|\r'],
  ['a status of four digits', 'HTTP/1.1 200|0'],
  ['a bare LF behind the status', 'HTTP/1.1 200|\n'],
  ['a bare LF behind the reason', 'HTTP/1.1 200 OK|\n'],
  ['a bare CR behind the reason', 'HTTP/1.1 200 OK\r|x'],
  ['a control character in the reason', 'HTTP/1.1 200 O|\x01'],
  ['a switch of protocols', 'HTTP/1.1 101 Switching Protocols\r|\n'],
  ['a folded line', `${OK}a: b\r\n| c`],
  ['white space before the first field', `${OK}| a: b`],
  ['an empty name', `${OK}|: b`],
  ['a blank before the colon', `${OK}a| : b`],
  ['a line without a colon', `${OK}abc|\r`],
  ['a bare LF behind a value', `${OK}a: b|\n`],
  ['a bare LF for the empty line', `${OK}a: b\r\n|\n`],
  ['a bare CR in a value', `${OK}a: b\r|c`],
  ['a NUL in a value', `${OK}a: b|\0`],
  ['a byte of Latin-1 in a name', `${OK}n|\xe4`],
  ['a second length', `${OK}content-length: 1\r\na: b\r\ncontent-length: 1\r|\n`],
  ['a length that is none', `${OK}content-length: 0x1\r|\n`],
  ['a coding behind a length', `${OK}content-length: 1\r\ntransfer-encoding: chunked\r|\n`],
  ['an unknown coding', `${OK}transfer-encoding: gzip\r|\n`],
  ['a coding in HTTP/1.0', 'HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r|\n'],
  ['a body in an interim response', 'HTTP/1.1 103 Early Hints\r\ncontent-length: 1\r|\n'],
  ['a coding in an interim response', 'HTTP/1.1 100 Continue\r\ntransfer-encoding: chunked\r|\n'],
  ['a body without content', 'HTTP/1.1 204 No Content\r\ncontent-length: 1\r|\n'],
  ['an interim response that closes', 'HTTP/1.1 103 Early Hints\r\nconnection: close\r|\n'],
  ['an interim response of HTTP/1.0', 'HTTP/1.0 100 Continue\r|\n'],
  ['a broken line behind an interim response', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK|\n'],
  ['words behind an interim response', 'HTTP/1.1 100 Continue\r\n\r\n|hello'],
  ['a 17th interim response', `${'HTTP/1.1 102 x\r\n\r\n'.repeat(16)}HTTP/1.1 102 x\r\n\r|\n`],
  ['a chunk without a size', `${CHUNKED}|\r`],
  ['a size that is none', `${CHUNKED}1|g`],
  ['a signed size', `${CHUNKED}|-1`],
  ['a size too large to count', `${CHUNKED}${'f'.repeat(12)}|f`],
  ['a second size', `${CHUNKED}1 |2`],
  ['an extension without a size', `${CHUNKED}|;a=b`],
  ['a size ended by a bare LF', `${CHUNKED}1|\n`],
  ['a bare CR behind a size', `${CHUNKED}1\r|x`],
  ['a control character in an extension', `${CHUNKED}1;a=|\x01`],
  ['a bare LF in an extension', `${CHUNKED}1;a=b|\n`],
  ['an endless extension', `${CHUNKED}1;${'a'.repeat(1022)}|a`],
  ['a chunk longer than its size', `${CHUNKED}1\r\nx|y`],
  ['a bare LF behind a chunk', `${CHUNKED}1\r\nx|\n`],
  ['a bare CR behind a chunk', `${CHUNKED}1\r\nx\r|1`],
  ['a bare LF behind the last chunk', `${CHUNKED}0\r\n|\n`],
  ['a trailer without a colon', `${CHUNKED}0\r\nabc|\r`],
  ['a length among the trailers', `${CHUNKED}0\r\ncontent-length: 1\r|\n`],
  ['a coding among the trailers', `${CHUNKED}0\r\na: b\r\nTransfer-Encoding: chunked\r|\n`],
  ['a folded trailer', `${CHUNKED}0\r\na: b\r\n| c`],
  ['a bare LF behind a trailer', `${CHUNKED}0\r\na: b|\n`],
  ['endless trailers', `${CHUNKED}0\r\na: ${'b'.repeat(16 * 1024 - 3)}|b`],
  ['an endless head', `HTTP/1.1 200 ${'x'.repeat(64 * 1024 - 13)}|x`],
];

describe('what is malformed is refused when the first wrong byte comes, whatever follows, or nothing', () => {
  test.each(refusals)('%s', (_name, text) => {
    const sound = text.slice(0, text.indexOf('|'));
    const wrong = text.slice(sound.length + 1);
    expect(refusedAfter([latin1(sound)])).toBeUndefined();
    expect(refusedAfter([latin1(sound + wrong)])).toBe(sound.length + wrong.length);
    if (sound.length < 1000) expect(refusedAfter(byteByByte(sound + wrong))).toBe(sound.length + 1);
  });
});

/** A line of a head: sound ones, and with them all that can be wrong with one. */
const line = fc.oneof(
  fc.constantFrom(
    'content-length: 3\r\n',
    'Content-Length: 3\r\n',
    'transfer-encoding: chunked\r\n',
    'Connection: close\r\n',
    'a:\r\n',
    'b: \xe9\t \r\n',
    'date: today\r\n',
    'HTTP/1.1 200 OK\r\n',
    'content-length: -3\r\n',
    'a : b\r\n',
    ' folded\r\n',
    'no colon\r\n',
    'a: b\n',
    'a: b\r',
    '\r\n',
    '\n',
  ),
  fc.string({ unit: fc.constantFrom(...'aZ:-_ \t\r\n\0\x7f\xff(;'), maxLength: 8 }).map((text) => `${text}\r\n`),
);
const statusLine = fc.constantFrom(
  OK,
  OK,
  'HTTP/1.1 200\r\n',
  'HTTP/1.0 404 Not Found\r\n',
  'HTTP/1.1 100 Continue\r\n',
  'HTTP/1.1 204 x\r\n',
  'HTTP/1.1 101 x\r\n',
  'HTTP/1.1 200 OK\n',
  'HTTP/2 200\r\n',
);
const headText = fc.tuple(statusLine, fc.array(line, { maxLength: 6 })).map(([first, rest]) => first + rest.join(''));
const cuts = fc.array(fc.nat({ max: 300 }), { maxLength: 12 });

/** Whether a head of these lines, with the empty one behind them, is taken when it comes at once. */
function isSound(lines: string): boolean {
  return refusedAfter([latin1(`${lines}\r\n`)]) === undefined;
}

/** Where the first line ends with which no head is sound, as reading whole heads tells; undefined if there is none. */
function firstBadLineEnd(text: string): number | undefined {
  for (let end = text.indexOf('\n') + 1; end !== 0; end = text.indexOf('\n', end) + 1) {
    const lines = text.slice(0, end);
    if (lines.endsWith('\r\n\r\n')) return isSound(lines.slice(0, -2)) ? undefined : end;
    if (!isSound(lines)) return end;
  }
  return undefined;
}

describe('a head that comes in pieces', () => {
  test('is refused by the end of its first bad line, wherever it is cut', () => {
    let refused = 0;
    fc.assert(
      fc.property(headText, cuts, (text, places) => {
        const badEnd = firstBadLineEnd(text);
        if (badEnd === undefined) return;
        refused++;
        expect(refusedAfter(byteByByte(text.slice(0, badEnd)))).toBeDefined();
        expect(refusedAfter(cutAt(latin1(text.slice(0, badEnd)), places))).toBeDefined();
      }),
      { numRuns: 3000 },
    );
    expect(refused).toBeGreaterThan(500);
  });

  test('is not refused for what a sound head can begin with', () => {
    let sound = 0;
    fc.assert(
      fc.property(headText, cuts, (text, places) => {
        const end = text.indexOf('\r\n\r\n');
        const head = end === -1 ? text : text.slice(0, end + 2);
        if (!head.endsWith('\r\n') || !isSound(head)) return;
        sound++;
        expect(refusedAfter(byteByByte(head))).toBeUndefined();
        expect(refusedAfter(cutAt(latin1(`${head}\r\n`), places))).toBeUndefined();
      }),
      { numRuns: 3000 },
    );
    expect(sound).toBeGreaterThan(500);
  });
});

describe('an instance that begins an answer as none begins, and then waits', () => {
  test.each([
    ['a bare LF', 'HTTP/1.1 200 OK\ncontent-length: 2\n\n{}'],
    ['a broken first line', 'HTTP/1.1 OK'],
    ['no HTTP', 'hello'],
    ['a broken line behind an interim response', 'HTTP/1.1 100 Continue\r\n\r\n200 OK'],
    ['a broken field', 'HTTP/1.1 200 OK\r\ncontent-length 2'],
    ['a broken chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nz'],
    ['a broken trailer', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\n'],
  ])('%s: the next one is asked at once', async (_name, text) => {
    const broken = await rawInstance((socket) => socket.on('data', () => socket.write(latin1(text))));
    // Longer than a test may take: what waits for the end of a try fails.
    const forever = { FLOTILLA_TRY_TIMEOUT_MS: '300000', FLOTILLA_PROGRESS_TIMEOUT_MS: '300000' };
    const { post, stats } = await balancer([broken, await echo('b')], forever);
    const response = await post('{"text":"x"}');
    expect(await response.json()).toEqual({ name: 'b', bytes: 12 });
    expect((await stats()).stats['a:1']).toMatchObject({ requests: 1, errors: 1, in_flight: 0 });
  });
});
