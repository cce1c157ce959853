import { describe, expect, it } from 'vitest';
import { DEFAULT_WINDOW_BYTES, errorCode, frameFlag, frameType, LARGEST_WINDOW_BYTES } from '../src/frames/protocol.js';
import { FakeClient } from './fake-client.js';
import { frame, setting, settingId } from './frames.js';

const KIB = 1024;
const OK = [':status', '200'] as const;
const MORE = LARGEST_WINDOW_BYTES - DEFAULT_WINDOW_BYTES;

/** A client with streams that are answered with so many bytes each. */
function answered(streams: number, bytes: number, windowBytes = LARGEST_WINDOW_BYTES): FakeClient {
  const client = new FakeClient(setting(settingId.windowBytes, windowBytes), {}, ({ stream }) => {
    stream.sendHead(OK, false);
    stream.end(Buffer.alloc(bytes, stream.id));
  });
  for (let i = 0; i < streams; i++) client.request();
  return client;
}

function resize(client: FakeClient, windowBytes: number): void {
  client.send(frame(frameType.settings, 0, 0, setting(settingId.windowBytes, windowBytes)));
}

async function dataOf(client: FakeClient, stream?: number) {
  await client.sent();
  return client.socket.sent.of(frameType.data, stream);
}

describe('what is sent', () => {
  it('ends although the window has fallen below 0', async () => {
    const client = new FakeClient();
    const stream = client.streams.get(client.request());
    stream?.sendHead(OK, false);
    stream?.write(Buffer.from('a'));
    resize(client, 0);
    stream?.end();
    resize(client, DEFAULT_WINDOW_BYTES);
    const [first, last] = await dataOf(client);
    expect(first).toMatchObject({ flags: 0, payload: Buffer.from('a') });
    expect(last).toMatchObject({ flags: frameFlag.endStream, payload: Buffer.alloc(0) });
    expect(await client.goAway()).toBeUndefined();
  });

  it('goes out in turn, a frame of each stream, once the connection has room again', async () => {
    const client = answered(5, 400 * KIB);
    await client.sent();
    const before = client.socket.sent.of(frameType.data).length;
    for (let i = 0; i < 4; i++) client.open(0, 160 * KIB);
    const order = (await dataOf(client)).slice(before).map(({ stream }) => stream);
    for (let i = 0; i + 5 <= order.length; i += 5) expect(new Set(order.slice(i, i + 5)).size).toBe(5);
    expect(order.length).toBeGreaterThan(20);
  });

  it('has no frame that is larger than the client takes', async () => {
    const client = answered(1, 60 * KIB);
    expect((await dataOf(client)).map(({ payload }) => payload.length)).toEqual([16, 16, 16, 12].map((n) => n * KIB));
    client.send(frame(frameType.settings, 0, 0, setting(settingId.maxFrameBytes, 40 * KIB)));
    client.open(0, MORE);
    const second = client.request();
    expect((await dataOf(client, second)).map(({ payload }) => payload.length)).toEqual([40, 20].map((n) => n * KIB));
  });

  it('has trailers behind the data, when a window was between them', async () => {
    const client = new FakeClient(setting(settingId.windowBytes, 3));
    const id = client.request();
    const stream = client.streams.get(id);
    stream?.sendHead(OK, false);
    stream?.end(Buffer.from('abcdef'), ['x-after', 'all']);
    expect((await dataOf(client)).map(({ payload }) => `${payload}`)).toEqual(['abc']);
    client.open(id, 3);
    const frames = await client.sent();
    expect(frames.slice(-2).map(({ type, flags }) => [type, flags])).toEqual([
      [frameType.data, 0],
      [frameType.headers, frameFlag.endHeaders | frameFlag.endStream],
    ]);
  });

  it('is nothing of a stream that was reset, and goes on with the others', async () => {
    const client = answered(3, 60 * KIB);
    await client.sent();
    client.reset(3, errorCode.cancel);
    client.open(0, MORE);
    const bytes = async (id: number) =>
      (await dataOf(client, id)).reduce((sum, { payload }) => sum + payload.length, 0);
    expect(await bytes(1)).toBe(60 * KIB);
    expect(await bytes(3)).toBeLessThan(60 * KIB);
    expect(await bytes(5)).toBe(60 * KIB);
  });

  it('has fields in several frames, none of them larger than may be', async () => {
    const client = new FakeClient();
    const stream = client.streams.get(client.request());
    stream?.sendHead([...OK, 'x-long', 'v'.repeat(40_000)], true);
    const frames = (await client.sent()).slice(-3);
    expect(frames.map(({ type, flags }) => [type, flags])).toEqual([
      [frameType.headers, frameFlag.endStream],
      [frameType.continuation, 0],
      [frameType.continuation, frameFlag.endHeaders],
    ]);
    expect(Math.max(...frames.map(({ payload }) => payload.length))).toBe(16 * KIB);
  });
});

describe('a writer', () => {
  it('is told to wait when much waits, and told once when nothing does', async () => {
    const client = new FakeClient();
    const id = client.request();
    const [stream, watcher] = [client.streams.get(id), client.watchers.get(id)];
    stream?.sendHead(OK, false);
    expect(stream?.write(Buffer.alloc(DEFAULT_WINDOW_BYTES))).toBe(true);
    expect(stream?.write(Buffer.alloc(64 * KIB - 1))).toBe(true);
    expect(stream?.write(Buffer.alloc(1))).toBe(false);
    client.open(0, MORE);
    client.open(id, 64 * KIB - 1);
    await client.sent();
    expect(watcher?.writables).toBe(0);
    client.open(id, 1);
    await client.sent();
    expect(watcher?.writables).toBe(1);
  });

  it('may write as soon as it is told', async () => {
    const client = new FakeClient(setting(settingId.windowBytes, LARGEST_WINDOW_BYTES));
    client.open(0, MORE);
    const id = client.request();
    const [stream, watcher] = [client.streams.get(id), client.watchers.get(id)];
    stream?.sendHead(OK, false);
    let left = 30;
    if (watcher) {
      watcher.does.writable = () => {
        while (left-- > 0) if (!stream?.write(Buffer.alloc(100 * KIB))) return;
        stream?.end();
      };
    }
    watcher?.does.writable?.();
    while (!watcher?.isClosed) await client.sent();
    const bytes = (await dataOf(client)).reduce((sum, { payload }) => sum + payload.length, 0);
    expect(bytes).toBe(30 * 100 * KIB);
  });

  it('waits for a socket that is slow, and the end of a stream is told when the kernel has it', async () => {
    const client = new FakeClient(setting(settingId.windowBytes, LARGEST_WINDOW_BYTES));
    client.open(0, MORE);
    await client.sent();
    client.socket.hold();
    const id = client.request();
    const [stream, watcher] = [client.streams.get(id), client.watchers.get(id)];
    stream?.sendHead(OK, false);
    let chunks = 0;
    while (stream?.write(Buffer.alloc(50 * KIB))) chunks++;
    stream?.end();
    expect(chunks).toBeLessThan(10);
    for (let i = 0; i < 5; i++) await client.sent();
    expect(client.socket.writableLength).toBeLessThan(400 * KIB);
    expect(watcher?.isClosed).toBe(false);
    client.socket.letAll();
    while (!watcher?.isClosed) await client.sent();
    expect(watcher.ending).toBe('whole');
    expect((await dataOf(client)).at(-1)?.flags).toBe(frameFlag.endStream);
  });
});
