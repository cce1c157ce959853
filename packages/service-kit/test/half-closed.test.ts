import net from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { testApp } from './fixtures.js';
import { flag, frame, post, RawClient, type } from './http2-frames.js';

const POLL = { timeout: 8000 };
const PLAIN = 'POST /held HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}';
const CHUNKED = 'POST /held HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n';
const OLD = 'POST /held HTTP/1.0\r\nContent-Length: 2\r\n\r\n{}';
const ESCAPED = CHUNKED.replace('/held', '/hel%64');

/** A client that sends this, and ends its side. */
function halfClosing(port: number, bytes: string) {
  const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  onTestFinished(() => void socket.destroy());
  const heard = { text: '', isEnded: false };
  socket.on('data', (chunk) => {
    heard.text += chunk.toString('latin1');
  });
  socket.on('error', () => {});
  socket.on('end', () => {
    heard.isEnded = true;
  });
  socket.end(bytes, 'latin1');
  return { socket, heard };
}

describe.each([
  ['read directly', PLAIN],
  ['read by Node', CHUNKED],
  ['read by the framework', ESCAPED],
  ['of HTTP/1.0', OLD],
])('a client that ends its side behind a whole request %s', (_name, request) => {
  test('is answered, and its connection is closed', async () => {
    const { app, port, held, lines } = await testApp();
    const accepted = new Promise<net.Socket>((resolve) => app.server.once('connection', resolve));
    const { heard } = halfClosing(port, request);
    const socket = await accepted;
    await expect.poll(() => held.length === 1 && socket.readableEnded, POLL).toBe(true);
    held[0]?.();
    await expect.poll(() => heard.isEnded, POLL).toBe(true);
    expect(heard.text).toMatch(/^HTTP\/1\.1 200 [\s\S]*released$/);
    expect(heard.text).not.toContain(' 100 ');
    await expect.poll(() => lines.join(''), POLL).toContain('"status":200');
  });

  test('is answered late as well', async () => {
    const { port, held } = await testApp();
    const { heard } = halfClosing(port, request);
    await expect.poll(() => held.length, POLL).toBe(1);
    if (request !== OLD) await expect.poll(() => heard.text, POLL).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    held[0]?.();
    await expect.poll(() => heard.text, POLL).toMatch(/HTTP\/1\.1 200 [\s\S]*released$/);
  });
});

test.each([
  ['read directly', PLAIN],
  ['read by Node', CHUNKED],
])('a client that is gone behind a whole request %s is noticed', async (_name, request) => {
  const { port, held, lines } = await testApp();
  const { socket } = halfClosing(port, request);
  await expect.poll(() => held.length, POLL).toBe(1);
  socket.destroy();
  await expect.poll(() => lines.join(''), POLL).toContain('"status":499');
});

test.each([
  ['read directly', PLAIN.slice(0, -1)],
  ['read by Node', CHUNKED.slice(0, -5)],
])('a client that ends its side before its request’s end is told so: %s', async (_name, bytes) => {
  const { port } = await testApp({}, ({ request }) => {
    const limit = { maxBytes: 1e9, setting: 'none' };
    return new Promise((end, fail) => request.receive(limit, { chunk: () => true, end: () => end(), fail }));
  });
  const { heard } = halfClosing(port, bytes);
  await expect.poll(() => heard.isEnded, POLL).toBe(true);
  expect(heard.text).toMatch(/^HTTP\/1\.1 400 [\s\S]*FLT_BODY_INCOMPLETE/);
});

describe('a client of HTTP/2 that ends its side', () => {
  const HEADERS = frame(type.headers, flag.endHeaders | flag.endStream, 1, post('/held.Service/Hold'));

  test('behind a whole request is answered, and the connection is closed', async () => {
    const { port, held } = await testApp();
    const client = new RawClient(port, undefined, { allowHalfOpen: true });
    await client.send(HEADERS);
    client.socket.end();
    await expect.poll(() => client.of(type.goAway).length, POLL).toBe(1);
    held[0]?.();
    await expect.poll(() => client.isClosed, POLL).toBe(true);
    expect(client.of(type.headers).map(({ stream }) => stream)).toEqual([1]);
    expect(client.of(type.data).map(({ payload }) => payload.toString())).toEqual(['released']);
  });

  test('and is gone, is noticed', async () => {
    const { port, held, lines } = await testApp();
    const client = new RawClient(port);
    await client.send(HEADERS);
    await expect.poll(() => held.length, POLL).toBe(1);
    client.socket.destroy();
    await expect.poll(() => lines.join(''), POLL).toContain('"status":499');
  });

  test('within a request has left it', async () => {
    const { port, held, lines } = await testApp();
    const client = new RawClient(port, undefined, { allowHalfOpen: true });
    await client.send(frame(type.headers, flag.endHeaders, 1, post('/held.Service/Hold')));
    await expect.poll(() => held.length, POLL).toBe(1);
    client.socket.end();
    await expect.poll(() => lines.join(''), POLL).toContain('"status":499');
    await expect.poll(() => client.isClosed, POLL).toBe(true);
  });
});

test('requests that came together are all answered to a client that ends its side after them', async () => {
  const { port } = await testApp({}, async ({ response }) => response.send(200, [], 'whole;'));
  const { heard } = halfClosing(port, PLAIN.repeat(3));
  await expect.poll(() => heard.isEnded, POLL).toBe(true);
  expect(heard.text.match(/whole;/g)).toHaveLength(3);
  expect(heard.text).not.toContain(' 400 ');
});
