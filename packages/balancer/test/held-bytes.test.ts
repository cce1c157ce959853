import http2 from 'node:http2';
import net from 'node:net';
import { heldBytes } from '@flotilla/http2';
import { describe, expect, onTestFinished, test } from 'vitest';
import { balancer, echo, waitFor } from './fixtures.js';

const MIB = 1024 * 1024;
const LARGE_BYTES = 100 * MIB;
/** Less than an instance is chosen for, so that no instance takes it. */
const HELD = Buffer.alloc(60 * 1024, 'x');
const HOLDERS = 10;
const ENDED_WITHIN_MS = 30_000;
const JSON_TYPE = { 'content-type': 'application/json' };

/** A body of HTTP/1.1 that stops before its end. @param onStatus - Told when it is answered all the same. */
function stalled(port: number, onStatus: (status: number) => void): void {
  const socket = net.connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  const head =
    'POST /process HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 10000000\r\n\r\n';
  socket.write(head);
  socket.write(HELD);
  socket.once('data', (chunk: Buffer) => onStatus(Number(chunk.toString().split(' ')[1])));
}

/** The same over HTTP/2. */
function stalledStream(client: http2.ClientHttp2Session, onStatus: (status: number) => void): void {
  const stream = client.request({ ':method': 'POST', ':path': '/process', ...JSON_TYPE });
  stream.on('error', () => {});
  stream.write(HELD);
  stream.on('response', (head) => onStatus(Number(head[':status'])));
}

describe('a balancer that holds all that it may, of requests that do not move', () => {
  test('ends as many as it must, and lets a large one through meanwhile, over either version of HTTP', async () => {
    const { port } = await balancer([await echo('a')], { FLOTILLA_MAX_HELD_BYTES: String(MIB) });
    const client = http2.connect(`http://127.0.0.1:${port}`);
    onTestFinished(() => client.destroy());
    const statuses: number[] = [];
    for (let n = 0; n < HOLDERS; n++) {
      stalled(port, (status) => statuses.push(status));
      stalledStream(client, (status) => statuses.push(status));
    }
    await waitFor(() => heldBytes.isFull);
    const response = await fetch(`http://127.0.0.1:${port}/process`, {
      method: 'POST',
      headers: JSON_TYPE,
      body: Buffer.alloc(LARGE_BYTES, 'y'),
    });
    expect(await response.json()).toEqual({ name: 'a', bytes: LARGE_BYTES });
    const large = client.request({ ':method': 'POST', ':path': '/process', ...JSON_TYPE });
    large.end(Buffer.alloc(LARGE_BYTES, 'z'));
    let answer = '';
    for await (const chunk of large) answer += chunk;
    expect(JSON.parse(answer)).toEqual({ name: 'a', bytes: LARGE_BYTES });
    await waitFor(() => !heldBytes.isFull && statuses.length > 0, ENDED_WITHIN_MS);
    expect(new Set(statuses)).toEqual(new Set([408]));
    expect(statuses.length).toBeLessThan(HOLDERS);
  });
});
