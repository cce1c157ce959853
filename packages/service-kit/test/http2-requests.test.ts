import { METHODS } from 'node:http';
import http2 from 'node:http2';
import { describe, expect, onTestFinished, test } from 'vitest';
import { testApp, untilClosed } from './fixtures.js';
import { waitFor } from './http2-others.js';

const HELD = { ':method': 'POST', ':path': '/held.Service/Hold', 'content-type': 'application/grpc' };

function clientOf(port: number): http2.ClientHttp2Session {
  const session = http2.connect(`http://127.0.0.1:${port}`);
  onTestFinished(() => session.destroy());
  return session;
}

/** What a request without a body is answered. */
async function answerTo(port: number, headers: http2.OutgoingHttpHeaders): Promise<{ status: unknown; body: string }> {
  const stream = clientOf(port).request(
    { ':method': 'POST', ':path': '/held?answered', ...headers },
    { endStream: true },
  );
  let status: unknown;
  stream.on('response', (answer) => {
    status = answer[':status'];
  });
  let body = '';
  for await (const chunk of stream) body += chunk;
  return { status, body };
}

describe('a request by HTTP/2 that hops may read in different ways is refused', () => {
  test.each<[string, http2.OutgoingHttpHeaders]>([
    ['an authority that is no host and port', { ':authority': 'user@here' }],
    ['a port that is none', { ':authority': 'here:99999' }],
    ['a name that is another but for an underscore', { x_request_id: 'a' }],
  ])('%s', async (_what, headers) => {
    const { port } = await testApp();
    const { status, body } = await answerTo(port, headers);
    expect([status, body]).toEqual([400, expect.stringContaining('FLT_MALFORMED_HTTP')]);
    expect((await answerTo(port, {})).status).toBe(200);
  });

  test('an expectation that cannot be met', async () => {
    const { port } = await testApp();
    const { status, body } = await answerTo(port, { expect: 'miracles' });
    expect([status, body]).toEqual([417, expect.stringContaining('FLT_EXPECTATION_FAILED')]);
  });
});

/** The status that a request by HTTP/1.1 is answered with. */
async function statusByHttp1(port: number, method: string, target: string): Promise<number> {
  const head = `${method} ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;
  return Number(/^HTTP\/1\.1 (\d+)/.exec(await untilClosed(port, head))?.[1]);
}

describe('a method and a target are by HTTP/2 what they are by HTTP/1.1', () => {
  const methods = [...METHODS, 'post', 'Post', 'BREW', 'POSTS'].filter((method) => method !== 'CONNECT');

  test('each method', async () => {
    const { port } = await testApp();
    for (const method of methods) {
      const one = await statusByHttp1(port, method, '/held?answered');
      expect([method, (await answerTo(port, { ':method': method })).status]).toEqual([method, one]);
      expect(await answerTo(port, {}), `after ${method}`).toMatchObject({ status: 200 });
    }
  });

  test.each([
    ['/h%65ld', 200],
    ['/hel%64', 200],
    ['/held%00', 404],
    ['/held%2f', 404],
    ['/%c1%b0', 400],
    ['/HELD', 404],
    ['/held/', 404],
    ['//held', 404],
    ['/held;a', 404],
    ['held', 400],
    ['http://localhost/held', 200],
    ['http://other/held', 400],
    ['/held.Service/H%6Fld', 200],
  ])('%s', async (path, status) => {
    const { port } = await testApp();
    expect(await statusByHttp1(port, 'POST', `${path}?answered`)).toBe(status);
    const headers = { ':path': `${path}?answered`, ':authority': 'localhost', 'content-type': 'text/plain' };
    expect((await answerTo(port, headers)).status).toBe(status);
  });
});

test('a stage’s route cannot be reached by what is injected into the framework', async () => {
  const { app, held } = await testApp();
  for (const url of ['/held', '/h%65ld', '/held.Service/Hold']) {
    expect((await app.inject({ method: 'POST', url })).statusCode).toBe(404);
  }
  expect(held).toEqual([]);
});

test('a client that waits before it sends its body is told to go on once that is read', async () => {
  const { port, held } = await testApp();
  const stream = clientOf(port).request({ ...HELD, expect: '100-continue' }, { endStream: false });
  await new Promise((resolve) => stream.once('continue', resolve));
  await waitFor(() => held.length === 1);
  stream.end('body');
  for (const release of held) release();
  const status = await new Promise((resolve) => stream.once('response', (headers) => resolve(headers[':status'])));
  expect(status).toBe(200);
  stream.resume();
});
