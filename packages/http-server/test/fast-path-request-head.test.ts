import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { parsePlainHead } from '../src/http1/fast-path-request-head.js';

const ROUTE = { method: 'POST', path: '/process', handler: () => Promise.resolve() } as const;
const PLAIN = { routes: new Map([[ROUTE.path, ROUTE]]), maxHeaders: 20, maxHeaderBytes: 16_384 };

/** How Node's server reads a head; undefined if it refuses it. */
let readByNode: (head: string) => Promise<{ url: string; rawHeaders: string[]; length: number } | undefined>;

beforeAll(async () => {
  let heard: http.IncomingMessage | undefined;
  const server = http.createServer((request, response) => {
    heard = request;
    response.shouldKeepAlive = false;
    response.end();
  });
  server.on('clientError', (_error, socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  readByNode = async (head) => {
    heard = undefined;
    const socket = net.connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.on('error', () => {});
    socket.resume().end(Buffer.from(`${head}\r\n\r\n`, 'latin1'));
    await new Promise((resolve) => socket.on('close', resolve));
    if (!heard) return undefined;
    const { url = '', rawHeaders, headers } = heard as http.IncomingMessage;
    return { url, rawHeaders, length: Number(headers['content-length'] ?? Number.NaN) };
  };
  return () => new Promise<void>((resolve) => void server.close(() => resolve()));
});

const USUAL = ['host: localhost:8061', 'content-length: 2', 'content-type: application/json'];
const lines = fc.constantFrom(
  ...USUAL,
  'X-Request-Id: a-b-c',
  'accept: */*',
  'Connection: keep-alive',
  'connection: close',
  'connection: x-request-id',
  'Proxy-Connection: close',
  'transfer-encoding: chunked',
  'expect: 100-continue',
  'upgrade: h2c',
  'te: trailers',
  'content-length: 02',
  'content-length: +2',
  'content_length: 3',
  'x:',
  'x:\tvalue \t',
  'x : y',
  ' folded',
  'n\u00e4me: y',
  'x: \u00fcml\u00e4ut',
  'x: a\0b',
  'x: a\rb',
  'x: a\nb: c',
);
const requestLine = fc.constantFrom(
  'POST /process HTTP/1.1',
  'POST /process?include=frequencies HTTP/1.1',
  'POST /process?a=%20 HTTP/1.1',
  'POST /processes HTTP/1.1',
  'POST /process HTTP/1.0',
  'POST  /process HTTP/1.1',
  'POST /process\tHTTP/1.1',
  'POST /process?a b HTTP/1.1',
  'PUT /process HTTP/1.1',
);
/** Sound heads and others: what is usual, in any order, with odd lines between, and sometimes an odd character. */
const heads = fc
  .tuple(
    fc.oneof({ weight: 3, arbitrary: fc.constant('POST /process HTTP/1.1') }, requestLine),
    fc.shuffledSubarray(USUAL, { minLength: 2 }),
    fc.array(lines, { maxLength: 3 }),
    fc.option(fc.tuple(fc.nat({ max: 200 }), fc.integer({ min: 0, max: 255 })), { freq: 3 }),
  )
  .map(([line, usual, more, odd]) => {
    const head = [line, ...usual, ...more].join('\r\n');
    return odd ? head.slice(0, odd[0]) + String.fromCharCode(odd[1]) + head.slice(odd[0]) : head;
  });

describe('a plain head', () => {
  test('is read as Node reads it, or not at all', async () => {
    let plain = 0;
    await fc.assert(
      fc.asyncProperty(heads, async (head) => {
        const ours = parsePlainHead(head, PLAIN);
        if (!ours) return;
        plain++;
        const { url, rawHeaders, bodyBytes } = ours;
        expect(await readByNode(head)).toEqual({ url, rawHeaders, length: bodyBytes });
      }),
      { numRuns: 2000 },
    );
    expect(plain).toBeGreaterThan(100);
  });

  test('is one that clients send', () => {
    const head = `POST /process HTTP/1.1\r\n${USUAL.join('\r\n')}\r\nUser-Agent: curl/8\r\nAccept: */*`;
    expect(parsePlainHead(head, PLAIN)).toMatchObject({ url: '/process', bodyBytes: 2 });
  });

  test.each([
    ['too many headers', `x: y\r\n`.repeat(18)],
    ['a long target', ''],
  ])('is none with %s', (what, more) => {
    const target = what === 'a long target' ? `/process?${'a'.repeat(8200)}` : '/process';
    const head = `POST ${target} HTTP/1.1\r\n${more}${USUAL.join('\r\n')}`;
    expect(parsePlainHead(head, PLAIN)).toBeUndefined();
  });
});
