import { connect } from 'node:http2';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { testApp } from './fixtures.js';

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
