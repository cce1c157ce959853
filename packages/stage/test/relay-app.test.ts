import http from 'node:http';
import type net from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { service } from './fixtures.js';

/** Listens on a free port, and closes with all connections when the test ends. */
async function listen(server: net.Server): Promise<number> {
  const sockets = new Set<net.Socket>();
  server.on('connection', (socket) => sockets.add(socket.on('error', () => {})));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

test('input that leaves nothing to hand on does not stop what comes after it', async () => {
  const counting = http.createServer((request, response) => {
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    request.on('end', () => response.end(JSON.stringify({ bytes })));
  });
  const { send } = await service(await listen(counting), (_request, next) => ({
    // More than may be ahead of the reader, and then nothing for as long as it takes to catch up.
    write: (chunk) => next.push(new Uint8Array(chunk[0] === 0x78 ? 400_000 : 0)),
    end: () => next.end(),
  }));
  const body = Buffer.concat([Buffer.alloc(2_000_000, 'x'), Buffer.alloc(4_000_000, '.')]);
  expect(await (await send(body)).json()).toEqual({ bytes: expect.any(Number) });
});

test('long work for a caller that has left stops', async () => {
  let made = 0;
  let stopped = false;
  function* pieces() {
    try {
      for (;;) {
        made++;
        yield new Uint8Array(1000);
      }
    } finally {
      stopped = true;
    }
  }
  const reading = await listen(http.createServer((request) => request.resume().on('error', () => {})));
  const { send } = await service(reading, (_request, next) => ({
    write: () => {},
    end: () => next.pushAll(pieces()),
  }));
  const leaving = new AbortController();
  const answer = send(Buffer.from('{}'), { signal: leaving.signal });
  await expect.poll(() => made).toBeGreaterThan(100);
  leaving.abort();
  await expect(answer).rejects.toThrow();
  await expect.poll(() => stopped, { timeout: 5000 }).toBe(true);
});
