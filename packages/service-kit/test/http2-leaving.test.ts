import { connect } from 'node:http2';
import { promisify } from 'node:util';
import { expect, onTestFinished, test, vi } from 'vitest';
import { testApp } from './fixtures.js';
import { flag, frame, post, RawClient, type } from './http2-frames.js';

test('a client of HTTP/2 that leaves in the middle of its request: the connection is closed here too', async () => {
  const { app, held, url } = await testApp();
  const session = connect(url);
  const stream = session.request({
    ':method': 'POST',
    ':path': '/held.Service/Hold',
    'content-type': 'application/grpc',
  });
  stream.on('error', () => {});
  stream.write('the beginning of a message');
  await expect.poll(() => held.length).toBe(1);
  // Its call is still under way, so that the server's session goes on until the connection is gone.
  session.destroy();
  const connections = promisify(app.server.getConnections.bind(app.server));
  await expect.poll(() => connections()).toBe(0);
});

test('an idle connection of HTTP/2 is sent a GOAWAY, and one with a call under way is not', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'performance'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const { port, held } = await testApp({ FLOTILLA_KEEP_ALIVE_MS: '5000', FLOTILLA_UPSTREAM_IDLE_MS: '1000' });
  const [idle, busy] = [new RawClient(port), new RawClient(port)];
  await busy.send(frame(type.headers, flag.endHeaders | flag.endStream, 1, post('/held.Service/Hold')));
  await expect.poll(() => [idle, busy].every((client) => client.of(type.settings).length > 0)).toBe(true);
  await expect.poll(() => held.length).toBe(1);
  vi.advanceTimersByTime(6000);
  await expect.poll(() => idle.isClosed).toBe(true);
  expect(idle.of(type.goAway)).toHaveLength(1);
  expect(busy.of(type.goAway)).toEqual([]);
  expect(busy.isClosed).toBe(false);
  held[0]?.();
  await expect.poll(() => busy.of(type.data).length).toBe(1);
});
