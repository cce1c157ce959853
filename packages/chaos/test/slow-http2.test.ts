import { once } from 'node:events';
import { createServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { slowHttp2Kinds } from '../src/load/grpc/slow-http2.js';
import type { SlowConnection, SlowKind } from '../src/load/slow-clients.js';

const [, trickling, tricklingLate, slowlyReading] = slowHttp2Kinds as [SlowKind, SlowKind, SlowKind, SlowKind];
/** Time for a byte, and for all that should not come. */
const BYTE_MS = 50;
const FRAME_HEAD_BYTES = 5;

let port: number;
let streams: ServerHttp2Stream[];
let receivedBytes: number;

beforeEach(async () => {
  streams = [];
  receivedBytes = 0;
  const server = createServer();
  server.on('stream', (stream) => {
    streams.push(stream);
    stream.on('error', () => {});
    stream.on('data', ({ length }: Buffer) => {
      receivedBytes += length;
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
  return () => server.close();
});

function open(kind: SlowKind, onClose = () => {}): SlowConnection {
  const connection = kind(port, onClose);
  onTestFinished(() => connection.close());
  return connection;
}

test.each([
  ['from its beginning', trickling, FRAME_HEAD_BYTES],
  ['behind its first 70 KB', tricklingLate, FRAME_HEAD_BYTES + 70_000],
])('a message that trickles %s: a byte at a time, without an end', async (_name, kind, quickBytes) => {
  const connection = open(kind);
  await expect.poll(() => receivedBytes).toBe(quickBytes);
  connection.step();
  await expect.poll(() => receivedBytes).toBe(quickBytes + 1);
  await sleep(BYTE_MS);
  expect([receivedBytes, streams[0]?.readableEnded]).toEqual([quickBytes + 1, false]);
});

test('an answer that is read slowly: the call is whole at once, and a byte leaves at a time', async () => {
  const connection = open(slowlyReading);
  await expect.poll(() => streams[0]?.readableEnded).toBe(true);
  const stream = streams[0] as ServerHttp2Stream;
  stream.respond({ ':status': 200 });
  stream.end('abc');
  for (let step = 0; step < 3; step++) {
    await sleep(BYTE_MS);
    expect(stream.closed).toBe(false);
    connection.step();
  }
  await once(stream, 'close');
});

test('whose connection is ended is told of it', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  open(trickling, resolve);
  await expect.poll(() => streams.length).toBe(1);
  streams[0]?.session?.destroy();
  await promise;
});
