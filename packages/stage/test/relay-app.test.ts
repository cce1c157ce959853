import http from 'node:http';
import type net from 'node:net';
import type { AddressInfo } from 'node:net';
import { appSettings, createMetrics, Lifecycle, readConfig } from '@flotilla/service-kit';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { type BeginRelay, buildRelayApp, relaySettings } from '../src/index.js';

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

/** A service of stage 1 that calls what listens on a port, and does this work. */
async function service(nextPort: number, begin: BeginRelay) {
  const settings = [...appSettings, ...relaySettings] as const;
  const config = readConfig(settings, { SERVICE_PORT: '1' });
  const identity = { service: 'service1', instance: 'service1a', stage: 1 };
  const logger = pino({ level: 'silent' });
  const app = await buildRelayApp(
    { identity, config, logger, metrics: createMetrics(identity), lifecycle: new Lifecycle() },
    { stage: 1, nextAddresses: [{ key: 'next', host: '127.0.0.1', port: nextPort }], begin },
  );
  await app.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => app.close());
  const { port } = app.server.address() as AddressInfo;
  const headers = { 'content-type': 'application/json' };
  const send = (body: Buffer, init: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${port}/process`, { method: 'POST', headers, body: new Uint8Array(body), ...init });
  return { send };
}

test('input that leaves nothing to hand on does not stop what comes behind it', async () => {
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
  await expect.poll(() => stopped).toBe(true);
});
