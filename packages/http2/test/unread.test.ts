import { afterEach, describe, expect, it, vi } from 'vitest';
import { frameFlag, frameType } from '../src/frames/protocol.js';
import { errorCode } from '../src/index.js';
import { FakeClient } from './fake-client.js';
import { frame, GET, literals } from './frames.js';
import { keptBytes } from './memory.js';

const MAX_STREAMS = 10;
const MAX_WAITING_BYTES = 5 * 1024 * 1024;
const ANSWER = [':status', '204', 'x-long', 'v'.repeat(300)];

const ping = frame(frameType.ping, 0, 0, Buffer.alloc(8));
const get = (id: number) => frame(frameType.headers, frameFlag.endHeaders | frameFlag.endStream, id, literals(...GET));

/** A client that does not read, and each of whose requests is answered at once. */
async function deaf(resets = { burst: Number.POSITIVE_INFINITY, perSecond: 0 }): Promise<FakeClient> {
  const limits = { maxStreams: MAX_STREAMS, resets };
  const client = new FakeClient(undefined, limits, ({ stream }) => stream.sendHead(ANSWER, true));
  await client.sent();
  client.socket.hold();
  return client;
}

describe('a client that does not read', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('has no more requests answered than twice as many as it may have at once', async () => {
    const client = await deaf();
    for (let i = 0; i < 100; i++) client.send(get(1 + 2 * i));
    await client.sent();
    expect(client.requests).toHaveLength(2 * MAX_STREAMS);
    expect([...client.watchers.values()].map(({ ending }) => ending)).toEqual(Array(2 * MAX_STREAMS).fill(''));
    client.socket.letAll();
    await client.sent();
    expect([...client.watchers.values()].map(({ ending }) => ending)).toEqual(Array(2 * MAX_STREAMS).fill('whole'));
    client.send(get(1001));
    expect(client.requests).toHaveLength(2 * MAX_STREAMS + 1);
  });

  it('is sent away when too many answers to nothing wait for it', async () => {
    vi.spyOn(performance, 'now').mockImplementation(
      (() => {
        let nowMs = 0;
        return () => (nowMs += 1000);
      })(),
    );
    const client = await deaf();
    const many = Buffer.concat(Array<Buffer>(1000).fill(ping));
    let most = 0;
    for (let i = 0; i < 1000 && !client.connection.isClosed; i++) {
      client.send(many);
      await new Promise((resolve) => setImmediate(resolve));
      most = Math.max(most, client.socket.writableLength);
    }
    vi.restoreAllMocks();
    expect(client.closed).toBe(1);
    expect(most).toBeLessThan(MAX_WAITING_BYTES);
    client.socket.letAll();
    expect(await client.goAway()).toBe(errorCode.enhanceYourCalm);
  });

  it('is kept what waits for it in memory of that size, though little is added each turn', async () => {
    const client = await deaf();
    const before = keptBytes();
    for (let i = 0; i < 3000; i++) {
      client.send(ping);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(keptBytes() - before).toBeLessThan(10_000_000);
    client.socket.letAll();
    const pongs = (await client.sent()).filter(({ type }) => type === frameType.ping);
    expect(pongs).toHaveLength(3000);
  });

  it.each<[string, (client: FakeClient) => void]>([
    ['has sent GOAWAY', (client) => client.send(frame(frameType.goAway, 0, 0, Buffer.alloc(8)))],
    ['is to be turned away', (client) => client.connection.close()],
  ])('keeps its socket for half a minute when it %s', async (_what, leave) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const client = await deaf();
    client.send(get(1));
    await client.sent();
    leave(client);
    await client.sent();
    expect([client.closed, client.socket.destroyed]).toEqual([1, false]);
    vi.advanceTimersByTime(29_000);
    expect(client.socket.destroyed).toBe(false);
    vi.advanceTimersByTime(1_000);
    expect(client.socket.destroyed).toBe(true);
    await client.sent();
    expect(client.watchers.get(1)?.ending).toBe('lost');
  });
});
