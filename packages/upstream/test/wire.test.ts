import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MalformedResponse, type ResponseHead } from '../src/http1/response-head.js';
import { ResponseReader } from '../src/http1/response-reader.js';

/** Reads bytes in pieces, cut where it is told to. */
function read(bytes: Buffer, cuts: readonly number[] = [], isClosed = false) {
  const reader = new ResponseReader();
  const heads: ResponseHead[] = [];
  const body: Buffer[] = [];
  reader.start({ onHead: (head) => heads.push(head), onBody: (view) => body.push(Buffer.from(view)) });
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  let from = 0;
  for (const place of [...places, bytes.length]) {
    if (place > from && !reader.isDone) reader.read(bytes.subarray(from, place));
    from = Math.max(from, place);
  }
  if (isClosed) reader.finish();
  const { isDone, keepsAlive, trailers } = reader;
  return { heads, body: Buffer.concat(body).toString('latin1'), isDone, keepsAlive, trailers };
}

const latin1 = (text: string) => Buffer.from(text, 'latin1');
const cuts = fc.array(fc.nat({ max: 500 }), { maxLength: 30 });

describe('reading a response', () => {
  const cases: [string, string, { body: string; keepsAlive: boolean; trailers?: string[]; status?: number }][] = [
    ['with a length', 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello', { body: 'hello', keepsAlive: true }],
    ['without a reason', 'HTTP/1.1 200\r\nContent-Length:\t5 \r\n\r\nhello', { body: 'hello', keepsAlive: true }],
    ['of no bytes', 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n', { body: '', keepsAlive: true }],
    ['without a body', 'HTTP/1.1 304 x\r\ncontent-length: 9\r\n\r\n', { body: '', keepsAlive: true, status: 304 }],
    [
      'in chunks, with extensions and trailers',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n2;a=b\r\nhe\r\n3 \r\nllo\r\n0\r\nX-Sum: 1\r\nb: \xe9\r\n\r\n',
      { body: 'hello', keepsAlive: true, trailers: ['X-Sum', '1', 'b', '\xe9'] },
    ],
    [
      'behind interim ones',
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 201 OK\r\ncontent-length: 1\r\n\r\nx',
      { body: 'x', keepsAlive: true, status: 201 },
    ],
    [
      'that says close',
      'HTTP/1.1 200 OK\r\nConnection: Close\r\ncontent-length: 1\r\n\r\nx',
      { body: 'x', keepsAlive: false },
    ],
    ['of HTTP/1.0', 'HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\nx', { body: 'x', keepsAlive: false }],
    ['until the close', 'HTTP/1.1 200 OK\r\n\r\nhello', { body: 'hello', keepsAlive: false }],
  ];

  test.each(cases)('%s, whatever the pieces', (_name, text, { body, keepsAlive, trailers = [], status = 200 }) => {
    fc.assert(
      fc.property(cuts, (places) => {
        const result = read(latin1(text), places, true);
        expect(result).toMatchObject({ body, keepsAlive, trailers, isDone: true });
        expect(result.heads.map((head) => head.status)).toEqual([status]);
      }),
    );
  });

  test('a chunked body comes out as it went in, whatever the chunks and the pieces', () => {
    const chunks = fc.array(fc.uint8Array({ minLength: 1, maxLength: 60 }), { maxLength: 12 });
    fc.assert(
      fc.property(chunks, cuts, (parts, places) => {
        const framed = parts.flatMap((part) => [latin1(`${part.length.toString(16)}\r\n`), part, latin1('\r\n')]);
        const head = latin1('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
        const result = read(Buffer.concat([head, ...framed, latin1('0\r\n\r\n')]), places);
        expect(result.body).toBe(Buffer.concat(parts).toString('latin1'));
        expect(result.isDone).toBe(true);
      }),
    );
  });

  test('bytes beyond its end make the connection unfit for another', () => {
    const bytes = latin1('HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nxHTTP/1.1 200 OK\r\n');
    expect(read(bytes)).toMatchObject({ body: 'x', isDone: true, keepsAlive: false });
  });

  test.each([
    ['a half head', 'HTTP/1.1 200 OK\r\ncontent-le'],
    ['half a body', 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhello'],
    ['no last chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n'],
    ['an interim one alone', 'HTTP/1.1 100 Continue\r\n\r\n'],
  ])('%s is not whole when the connection closes', (_name, text) => {
    expect(read(latin1(text), [], true).isDone).toBe(false);
  });
});

describe('what two readers could understand in two ways, or none at all', () => {
  const head = (...lines: string[]) => `HTTP/1.1 200 OK\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;
  const chunked = (body: string) => head('transfer-encoding: chunked') + body;
  test.each([
    ['another protocol', 'ICY 200 OK\r\n\r\n'],
    ['another version', 'HTTP/2.0 200 OK\r\n\r\n'],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n'],
    ['a status of four digits', 'HTTP/1.1 2000 OK\r\n\r\n'],
    ['a switch of protocols', 'HTTP/1.1 101 Switching\r\nupgrade: x\r\n\r\n'],
    ['two lengths', head('content-length: 1', 'content-length: 1')],
    ['a list of lengths', head('content-length: 1, 1')],
    ['a signed length', head('content-length: +1')],
    ['a length of no digits', head('content-length:')],
    ['a length in hexadecimal', head('content-length: 0x1')],
    ['a coding beside a length', head('content-length: 1', 'transfer-encoding: chunked')],
    ['an unknown coding', head('transfer-encoding: gzip, chunked')],
    ['two codings', head('transfer-encoding: chunked', 'transfer-encoding: chunked')],
    ['a coding in HTTP/1.0', 'HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n'],
    ['a folded line', head('a: b', ' c')],
    ['a bare LF', 'HTTP/1.1 200 OK\na: b\r\n\r\n'],
    ['a bare CR', head('a: b\rc')],
    ['a NUL', head('a: \0')],
    ['a line without a colon', head('abc')],
    ['an empty name', head(': b')],
    ['a blank before the colon', head('a : b')],
    ['a chunk without a size', chunked('\r\nx\r\n')],
    ['a chunk of a size that is none', chunked('g\r\nx\r\n')],
    ['a signed size', chunked('-1\r\n')],
    ['a size too large to count', chunked('fffffffffffff\r\n')],
    ['a size ended by a bare LF', chunked('1\nx\r\n')],
    ['a chunk longer than its size', chunked('1\r\nxy\r\n')],
    ['an endless extension', chunked(`1;${'a'.repeat(2000)}\r\nx\r\n`)],
    ['a trailer without a colon', chunked('0\r\nabc\r\n\r\n')],
    ['an endless head', head(`a: ${'b'.repeat(70_000)}`)],
  ])('%s', (_name, text) => {
    const split = Array.from({ length: 50 }, (_, n) => n * 7);
    expect(() => read(latin1(text))).toThrow(MalformedResponse);
    expect(() => read(latin1(text), split)).toThrow(MalformedResponse);
  });
});
