import net from 'node:net';
import { describe, expect, test } from 'vitest';
import { testApp, untilClosed } from './fixtures.js';

/** The head of a request that is answered when its test lets it; its last line is still missing. */
const HELD = 'POST /held HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n';
const post = (headers: string, version = '1.1') => `POST /work HTTP/${version}\r\nhost: x\r\n${headers}\r\n`;

describe('requests that the next hop may read in another way are refused, and their connection is closed', () => {
  test.each([
    ['two Host headers', `${post('host: y\r\ncontent-length: 2\r\n')}{}`],
    [
      'a transfer coding that is not decoded here',
      `${post('transfer-encoding: gzip, chunked\r\n')}2\r\n{}\r\n0\r\n\r\n`,
    ],
    ['a transfer coding in HTTP/1.0', `${post('transfer-encoding: chunked\r\n', '1.0')}2\r\n{}\r\n0\r\n\r\n`],
    ['no version', 'GET /health\r\n\r\n'],
    ['a tunnel', 'CONNECT elsewhere:80 HTTP/1.1\r\nhost: x\r\n\r\n'],
  ])('%s', async (_name, request) => {
    const { port, url } = await testApp();
    const answer = await untilClosed(port, request);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('"code":"FLT_MALFORMED_HTTP"');
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });

  test('an unknown expectation gets the status that is for it', async () => {
    const { port } = await testApp();
    const answer = await untilClosed(port, `${post('expect: miracles\r\ncontent-length: 2\r\n')}{}`);
    expect(answer).toMatch(/^HTTP\/1\.1 417 .*"code":"FLT_EXPECTATION_FAILED"/s);
  });

  test('and nothing that comes after it is read', async () => {
    const { port, lines, held } = await testApp();
    const refused = `${post('host: y\r\ncontent-length: 2\r\n')}{}`;
    const answer = await untilClosed(port, `${refused}${HELD}\r\n`);
    expect(answer.match(/HTTP\/1\.1 \d/g)).toHaveLength(1);
    await expect.poll(() => lines.join('')).toContain('"route":"/held"');
    expect(held).toHaveLength(0);
  });

  test('Expect: 100-continue is met', async () => {
    const { port } = await testApp();
    const head = post('expect: 100-continue\r\nconnection: close\r\ncontent-length: 2\r\n');
    expect(await untilClosed(port, head, '{}')).toMatch(/^HTTP\/1\.1 100 .*HTTP\/1\.1 200 .*"bytes":2/s);
  });
});

test('a request for an upgrade is answered, and is the last of its connection', async () => {
  const { app, port, held } = await testApp();
  const accepted = new Promise<net.Socket>((resolve) => app.server.once('connection', resolve));
  const client = net.connect(port, '127.0.0.1');
  let received = '';
  client.on('data', (chunk) => {
    received += chunk.toString('latin1');
  });
  const closed = new Promise((resolve) => client.on('close', resolve));
  const asking = `${HELD}connection: upgrade\r\nupgrade: h2c\r\n\r\n`;
  // The parser drops what follows it, and what comes next begins in the middle: here, with a request.
  const dropped = 'POST /held HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n';
  client.write(`${asking}${dropped}`);
  const server = await accepted;
  await expect.poll(() => held.length).toBe(1);
  const hidden = `${HELD}\r\n`;
  client.write(hidden);
  await expect.poll(() => server.bytesRead).toBe(asking.length + dropped.length + hidden.length);
  expect(held).toHaveLength(1);
  held[0]?.();
  await closed;
  expect(received).toMatch(/^HTTP\/1\.1 200 .*connection: close\r\n.*released$/is);
});

describe('nonsense on a connection that is in use', () => {
  test('in the middle of a body: the request fails with it at once, though its client stays', async () => {
    const { port, lines } = await testApp();
    const answer = await untilClosed(port, post('transfer-encoding: chunked\r\n'), '2\r\n{}\r\nnonsense\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400 .*x-request-id: .*FLT_MALFORMED_HTTP/s);
    await expect.poll(() => lines.join('')).toContain('"status":400');
  });

  test('behind a whole request: that one gets its answer', async () => {
    const { port } = await testApp();
    const answer = await untilClosed(port, post('content-length: 2\r\n'), '{}nonsense\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 200 .*"bytes":2}$/s);
  });
});

test('an early answer reaches a client that still sends, though the connection closes after it', async () => {
  const { port } = await testApp();
  for (let n = 0; n < 5; n++) {
    const head = post('connection: close\r\ncontent-length: 20000000\r\n');
    expect(await untilClosed(port, head, Buffer.alloc(20_000_000))).toMatch(/^HTTP\/1\.1 413 .*FLT_BODY_TOO_LARGE/s);
  }
});

describe('closing does not wait for clients that send nothing more', () => {
  test.each([
    ['a connection without a request', '', /^$/],
    ['half a head', 'GET /health HTTP/1.1\r\nho', /^HTTP\/1\.1 408 /],
    ['half a body', `${post('content-length: 100\r\n')}half`, /^$/],
  ])('%s', async (_name, sent, answer) => {
    const { app, port, lifecycle } = await testApp();
    const accepted = new Promise<net.Socket>((resolve) => app.server.once('connection', resolve));
    const closed = untilClosed(port, sent);
    const socket = await accepted;
    await expect.poll(() => socket.bytesRead).toBe(sent.length);
    lifecycle.phase = 'draining';
    await app.close();
    expect(await closed).toMatch(answer);
  });
});
