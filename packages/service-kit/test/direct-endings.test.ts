import net from 'node:net';
import { describe, expect, test } from 'vitest';
import { exchange, testApp, untilClosed } from './fixtures.js';

const PLAIN = 'POST /held HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}';
const CHUNKED = 'POST /held HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n';
const LAST = 'GET /health HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n';

/** A connection of which nothing is read. */
function deaf(port: number): net.Socket {
  const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => {});
  return socket;
}

function linesOf(lines: string[]): number[] {
  return lines
    .join('')
    .split('\n')
    .filter((line) => line.includes('"msg":"request"'))
    .map((line) => JSON.parse(line).status as number);
}

describe.each([
  ['read directly', PLAIN],
  ['read by Node', CHUNKED],
])('a request %s', (_name, request) => {
  test('whose large answer is not read by a client that resets is one that was left', async () => {
    const { port, large, lines } = await testApp();
    const socket = deaf(port);
    socket.write(request.replace('/held', '/held?large'));
    await expect.poll(() => large.length).toBe(1);
    large[0]?.();
    await expect.poll(() => socket.bytesRead).toBeGreaterThan(0);
    socket.resetAndDestroy();
    await expect.poll(() => linesOf(lines)).toEqual([499]);
  });

  test('that is answered after its connection has broken is one that was left', async () => {
    const { app, port, held, lines } = await testApp();
    const accepted = new Promise<net.Socket>((resolve) => app.server.once('connection', resolve));
    const socket = deaf(port);
    socket.write(request);
    await expect.poll(() => held.length).toBe(1);
    (await accepted).destroy();
    held[0]?.();
    await expect.poll(() => linesOf(lines)).toEqual([499]);
    socket.destroy();
  });
});

test('behind the last request of a connection nothing is looked at', async () => {
  const { app, port, held, lines, lifecycle } = await testApp();
  lifecycle.phase = 'draining';
  const accepted = new Promise<net.Socket>((resolve) => app.server.once('connection', resolve));
  const answer = untilClosed(port, PLAIN);
  await expect.poll(() => held.length).toBe(1);
  held[0]?.();
  // The socket is still open when it comes.
  (await accepted).emit('data', Buffer.from(PLAIN));
  expect(await answer).toMatch(/connection: close[\s\S]*released$/);
  expect(held).toHaveLength(1);
  await expect.poll(() => linesOf(lines)).toEqual([200]);
});

const WITHIN_HEAD = /released[\s\S]*within its head/;

describe('a connection that ends behind a plain request', () => {
  test.each([
    ['a whole one for Node', CHUNKED, /released$/],
    ['the beginning of one for Node', 'GE', /released$/],
    ['half of one for Node', CHUNKED.slice(0, -9), /released$/],
    ['half of a plain one', PLAIN.slice(0, -1), /released[\s\S]*FLT_BODY_INCOMPLETE/],
    ['half the head of a plain one', PLAIN.slice(0, 30), WITHIN_HEAD],
  ])('and %s', async (_name, rest, expected) => {
    const { app, port, held } = await testApp();
    const accepted = new Promise<net.Socket>((resolve) => app.server.once('connection', resolve));
    const answer = exchange(port, PLAIN + rest);
    const socket = await accepted;
    await expect.poll(() => socket.readableEnded && held.length).toBe(1);
    held[0]?.();
    expect(await answer).toMatch(expected);
    expect(await exchange(port, LAST)).toContain('"healthy"');
  });
});
