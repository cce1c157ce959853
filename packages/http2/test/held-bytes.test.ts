import { afterEach, describe, expect, it } from 'vitest';
import { frameFlag, frameType } from '../src/frames/protocol.js';
import { errorCode, heldBytes } from '../src/index.js';
import { FakeClient } from './fake-client.js';
import { data } from './frames.js';

const KIB = 1024;

/** Of the connection's window: what was given since it began. */
async function given(client: FakeClient): Promise<number> {
  await client.sent();
  const updates = client.socket.sent.of(frameType.windowUpdate, 0).slice(1);
  return updates.reduce((sum, { payload }) => sum + payload.readUInt32BE(), 0);
}

/** A stream on which so much has come. */
function filled(client: FakeClient, kib: number): number {
  const stream = client.request(frameFlag.endHeaders);
  for (let sent = 0; sent < kib; sent += 64) client.send(data(stream, 64 * KIB));
  return stream;
}

describe('what a process holds', () => {
  afterEach(() => {
    heldBytes.maxBytes = 0;
    expect(heldBytes.bytes).toBe(0);
  });

  it('is what the reader was not ready for, until it is read, or reset by either side, or lost', async () => {
    const client = new FakeClient();
    const [taken, givenUp, reset] = [filled(client, 128), filled(client, 64), filled(client, 64)];
    filled(client, 128);
    expect(heldBytes.bytes).toBe(384 * KIB);
    client.streams.get(taken)?.resume();
    expect(heldBytes.bytes).toBe(256 * KIB);
    client.streams.get(givenUp)?.reset(errorCode.cancel);
    client.reset(reset, errorCode.cancel);
    expect(heldBytes.bytes).toBe(128 * KIB);
    const whole = client.request(frameFlag.endHeaders);
    client.send(data(whole, 100, frameFlag.endStream));
    expect(heldBytes.bytes).toBe(128 * KIB + 100);
    client.connection.destroy();
    expect(heldBytes.bytes).toBe(0);
    client.streams.get(whole)?.resume();
    expect(client.watchers.get(whole)?.receivedBytes).toBe(100);
  });

  it('is not added to at the bound, and windows open when there is room', async () => {
    heldBytes.maxBytes = 256 * KIB;
    const client = new FakeClient();
    const streams = Array.from({ length: 8 }, () => filled(client, 128));
    const before = await given(client);
    expect(before).toBeLessThan(512 * KIB);
    const other = new FakeClient();
    for (let i = 0; i < 8; i++) filled(other, 128);
    expect(await given(other)).toBe(0);
    other.connection.destroy();
    for (const stream of streams) client.streams.get(stream)?.resume();
    expect(await given(client)).toBe(1024 * KIB);
  });

  it('does not stop a stream that moves, of whatever length', async () => {
    heldBytes.maxBytes = 64 * KIB;
    const full = new FakeClient();
    filled(full, 128);
    const client = new FakeClient(undefined, {}, ({ stream }) => stream.resume());
    const stream = client.request(frameFlag.endHeaders);
    for (let sent = 0; sent < 100 * KIB; sent += 64) {
      client.send(data(stream, 64 * KIB));
      if (sent % KIB === 0) await client.sent();
    }
    expect(await client.goAway()).toBeUndefined();
    expect(client.watchers.get(stream)?.receivedBytes).toBe(100 * KIB * KIB);
    full.connection.destroy();
  });
});
