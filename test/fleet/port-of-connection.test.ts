import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { busyPorts } from '@flotilla/runtime';
import { programOf } from '@flotilla/topology';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { waitFor } from './support.js';

const PROGRAM = join(import.meta.dirname, '../..', programOf('service4-report'));
const LOOPBACK = '127.0.0.1';

/** A port that the system gave to an outgoing connection. */
let connection: Socket;
let otherEnd: Socket;
let port: number;

beforeEach(async () => {
  const server: Server = createServer((socket) => {
    otherEnd = socket;
  });
  server.listen(0, LOOPBACK);
  await once(server, 'listening');
  const accepted = once(server, 'connection');
  connection = connect({ host: LOOPBACK, port: (server.address() as AddressInfo).port });
  connection.on('error', () => {});
  await Promise.all([once(connection, 'connect'), accepted]);
  port = connection.localPort as number;
  return () => {
    connection.destroy();
    otherEnd.destroy();
    server.close();
  };
});

function start() {
  const env = { PATH: '/usr/bin:/bin', SERVICE_PORT: String(port), FLOTILLA_DRAIN_DELAY_MS: '0' };
  const process_ = spawn(process.execPath, [PROGRAM], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void process_.kill('SIGKILL'));
  let [stdout, stderr] = ['', ''];
  process_.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  process_.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  return {
    exited: once(process_, 'exit'),
    stderr: () => stderr,
    isWaiting: () => stdout.includes('it is tried again'),
  };
}

async function isReady(): Promise<boolean> {
  return fetch(`http://${LOOPBACK}:${port}/health/ready`).then(
    ({ ok }) => ok,
    () => false,
  );
}

describe('a port that an outgoing connection has', () => {
  test('is in use, and nothing listens on it', async () => {
    expect(await busyPorts([port])).toEqual([port]);
    expect(await isReady()).toBe(false);
  });

  test('is listened on as soon as the connection is gone', async () => {
    const { stderr, isWaiting } = start();
    await waitFor(isWaiting, 30_000);
    // The side that ends a connection keeps its port for a while: here that is the other end.
    otherEnd.resetAndDestroy();
    await waitFor(isReady, 10_000);
    expect(stderr()).toBe('');
  });

  test('fails after a while', async () => {
    const { exited, stderr, isWaiting } = start();
    expect(await exited).toEqual([1, null]);
    expect(stderr()).toMatch(/^BIND_HOST=127\.0\.0\.1 SERVICE_PORT=\d+ cannot be listened on: EADDRINUSE/);
    expect(isWaiting()).toBe(true);
  });
});

test('a port on which another process listens fails at once', async () => {
  connection.destroy();
  const other = createServer().listen(0, LOOPBACK);
  await once(other, 'listening');
  onTestFinished(() => void other.close());
  ({ port } = other.address() as AddressInfo);
  const { exited, stderr, isWaiting } = start();
  expect(await exited).toEqual([1, null]);
  expect(stderr()).toMatch(/EADDRINUSE/);
  expect(isWaiting()).toBe(false);
});
