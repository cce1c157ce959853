import { describe, expect, test } from 'vitest';
import { testApp, untilClosed } from './fixtures.js';
import { flag, frame, post, RawClient, type } from './http2-frames.js';
import { isServed, waitFor } from './http2-others.js';

describe('a client that speaks neither protocol', () => {
  const CLIENT_HELLO = Buffer.from(
    '160301004a010000460303000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f000002c02f0100001b' +
      '000a00080006001d00170018000b00020100000d000400020401',
    'hex',
  );
  const random = Buffer.from(Array.from({ length: 4_096 }, (_, n) => (n * 7_919 + 131) % 251));
  test.each([
    ['random bytes', random],
    ['zeros', Buffer.alloc(4_096)],
    ['a ClientHello of TLS', CLIENT_HELLO],
    ['the preface with another version', Buffer.from('PRI * HTTP/1.1\r\n\r\nSM\r\n\r\n')],
    ['most of the preface', Buffer.from('PRI * HTTP/2.0\r\n\r\nSN\r\n\r\n')],
    [
      'frames without the preface',
      Buffer.concat([frame(type.settings, 0, 0), frame(type.headers, flag.endHeaders, 1, post('/held'))]),
    ],
  ])('%s: a 400, or nothing, and the end', async (_name, bytes) => {
    const { port } = await testApp();
    expect(await untilClosed(port, bytes)).toMatch(/^$|^HTTP\/1\.1 400 /);
    expect(await isServed(port)).toBe(true);
  });

  test('the preface and then nonsense: the end', async () => {
    const { port, held } = await testApp();
    const client = new RawClient(port);
    await client.send(random);
    await waitFor(() => client.isClosed);
    expect(held).toEqual([]);
    expect(await isServed(port)).toBe(true);
  });

  test('half a preface: the end, after the time that a head may take', async () => {
    const { port } = await testApp({ FLOTILLA_HEADERS_TIMEOUT_MS: '1000' });
    expect(await untilClosed(port, 'PRI * HTTP/2.0\r\n')).toMatch(/^$|^HTTP\/1\.1 4\d\d /);
  });
});
