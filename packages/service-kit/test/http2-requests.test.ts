import http2 from 'node:http2';
import { describe, expect, onTestFinished, test } from 'vitest';
import { testApp } from './fixtures.js';
import { until } from './http2-others.js';

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

  test('an expectation that nobody can meet', async () => {
    const { port } = await testApp();
    const { status, body } = await answerTo(port, { expect: 'miracles' });
    expect([status, body]).toEqual([417, expect.stringContaining('FLT_EXPECTATION_FAILED')]);
  });
});

test('a client that waits before it sends its body is told to go on once that is read', async () => {
  const { port, held } = await testApp();
  const stream = clientOf(port).request({ ...HELD, expect: '100-continue' }, { endStream: false });
  await new Promise((resolve) => stream.once('continue', resolve));
  await until(() => held.length === 1);
  stream.end('body');
  for (const release of held) release();
  const status = await new Promise((resolve) => stream.once('response', (headers) => resolve(headers[':status'])));
  expect(status).toBe(200);
  stream.resume();
});
