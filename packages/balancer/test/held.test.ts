import { expect, test } from 'vitest';
import { balancer, rawInstance } from './fixtures.js';

const BYTES = 2000;
const BODY = 'x'.repeat(BYTES);
const WITH_LENGTH = `HTTP/1.1 200 OK\r\ncontent-length: ${BYTES}\r\n\r\n${BODY}`;
const IN_CHUNKS = `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${BYTES.toString(16)}\r\n${BODY}\r\n0\r\n\r\n`;

test.each([
  ['with its length', WITH_LENGTH],
  ['in chunks', IN_CHUNKS],
])('an answer %s is whole, though its end came with what was too much to be held back', async (_name, answer) => {
  const instance = await rawInstance((socket) => {
    socket.on('data', () => socket.write(answer));
  });
  const { post } = await balancer([instance], { FLOTILLA_MAX_HELD_RESPONSE_BYTES: '1000' });
  // The connection to the instance is used again.
  for (let n = 0; n < 3; n++) {
    const response = await post('{}', { signal: AbortSignal.timeout(10_000) });
    expect(await response.text()).toBe(BODY);
  }
});
