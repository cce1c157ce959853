import http2 from 'node:http2';
import { collectGarbage } from '@flotilla/process';
import { describe, expect, onTestFinished, test } from 'vitest';
import { testApp } from './fixtures.js';
import { flag, frame, post, RawClient, text, type, uint32 } from './http2-frames.js';
import { isServed, waitFor } from './http2-others.js';

/** What one connection may make a process hold, in bytes: the lane takes no new streams beyond it. */
const MAX_GROWTH_BYTES = 64 * 1024 * 1024;
/** What a client sends in one write: larger ones cost nothing more, and smaller ones give the server time to answer. */
const BATCH = 5_000;
const PATH = '/held.Service/Hold';
/** Of RFC 9113, section 7. */
const FLOW_CONTROL_ERROR = 3;
const REFUSED_STREAM = 7;

/** What the process holds that is in use. */
function heldBytes(): number {
  collectGarbage({ type: 'major', execution: 'sync' });
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Sends batches until the connection is closed, or so many have gone out. Another client is served meanwhile. */
async function attack(port: number, client: RawClient, batches: number, batch: (n: number) => Buffer): Promise<void> {
  const before = heldBytes();
  for (let n = 0; n < batches && !client.isClosed; n++) await client.send(batch(n));
  expect(await isServed(port)).toBe(true);
  expect(heldBytes() - before).toBeLessThan(MAX_GROWTH_BYTES);
}

const repeated = (bytes: Buffer) => Buffer.concat(Array.from({ length: BATCH }, () => bytes));
const request = (stream: number, flags: number = flag.endHeaders, path = PATH) =>
  frame(type.headers, flags, stream, post(path));

describe('a request whose reset has come with it', () => {
  const reset = (stream: number) => frame(type.reset, 0, stream, uint32(8));
  const whole = (stream: number) =>
    Buffer.concat([request(stream), frame(type.data, flag.endStream, stream, text('a'))]);
  const streams = (count: number) => Array.from({ length: count }, (_, index) => 2 * index + 1);

  test('is not worked on', async () => {
    const { port, held } = await testApp();
    const client = new RawClient(port);
    await client.send(
      Buffer.concat(streams(200).map((stream) => Buffer.concat([whole(stream), reset(stream)]))),
      whole(401),
    );
    await waitFor(() => held.length > 0);
    expect(held).toHaveLength(1);
  });
});

describe('the connection is closed of a client that', () => {
  test('begins streams and resets them (CVE-2023-44487)', async () => {
    const { port, held } = await testApp();
    const client = new RawClient(port);
    const pair = (stream: number) => Buffer.concat([request(stream), frame(type.reset, 0, stream, uint32(8))]);
    await attack(port, client, 20, (n) =>
      Buffer.concat(Array.from({ length: 500 }, (_, index) => pair(2 * (500 * n + index) + 1))),
    );
    await waitFor(() => client.isClosed);
    // Those within the burst, and what may come in the same read.
    expect(held.length).toBeLessThan(3_000);
  });

  test('begins streams that the server has to reset (CVE-2025-8671)', async () => {
    const { port } = await testApp();
    const client = new RawClient(port);
    const overflow = (stream: number) => frame(type.windowUpdate, 0, stream, uint32(2 ** 31 - 1));
    await attack(port, client, 40, (n) =>
      Buffer.concat(
        Array.from({ length: 500 }, (_, index) => {
          const stream = 2 * (500 * n + index) + 1;
          return Buffer.concat([request(stream), overflow(stream)]);
        }),
      ),
    );
    await waitFor(() => client.isClosed);
  });

  test.each([
    ['floods it with settings (CVE-2019-9515)', frame(type.settings, 0, 0)],
    ['floods it with pings (CVE-2019-9512)', frame(type.ping, 0, 0, Buffer.alloc(8))],
  ])('%s, and reads no answer', async (_name, flood) => {
    const { port } = await testApp();
    const client = new RawClient(port);
    client.socket.pause();
    const batch = repeated(flood);
    await attack(port, client, 200, () => batch);
    client.socket.resume();
    await waitFor(() => client.isClosed);
  });

  test('sends frames without data (CVE-2019-9518)', async () => {
    const { port } = await testApp();
    const client = new RawClient(port);
    await client.send(request(1));
    const batch = repeated(frame(type.data, 0, 1));
    await attack(port, client, 100, () => batch);
    await waitFor(() => client.isClosed);
  });

  test('never ends its fields (CVE-2024-27983)', async () => {
    const { port, held } = await testApp();
    const client = new RawClient(port);
    await client.send(request(1, 0));
    const more = frame(type.continuation, 0, 1, Buffer.concat([Buffer.from([0]), text('x'), text('y'.repeat(1000))]));
    await attack(port, client, 200, () => Buffer.concat(Array.from({ length: 20 }, () => more)));
    await waitFor(() => client.isClosed);
    expect(held).toEqual([]);
  });

  test('opens the window of a connection beyond what there can be', async () => {
    const { port } = await testApp();
    const client = new RawClient(port);
    await client.send(frame(type.windowUpdate, 0, 0, uint32(2 ** 31 - 1)));
    await waitFor(() => client.isClosed);
    const [goAway] = client.of(type.goAway);
    expect(goAway?.payload.readUInt32BE(4)).toBe(FLOW_CONTROL_ERROR);
    expect(await isServed(port)).toBe(true);
  });
});

/** A field of 4,000 bytes that is kept under the number 62, which the other bytes of a block each stand for. */
function bomb(references: number): Buffer {
  const kept = Buffer.concat([Buffer.from([0x40]), text('x'), text('y'.repeat(4_000))]);
  return Buffer.concat([post(PATH), kept, Buffer.alloc(references, 0x80 | 62)]);
}

describe('a request is refused, and its connection held within bounds, if', () => {
  test('its fields are small on the wire only', async () => {
    const { port, held } = await testApp();
    const client = new RawClient(port);
    // 48 MB each, once they are read.
    const block = bomb(12_000);
    await attack(port, client, 200, (n) => frame(type.headers, flag.endHeaders | flag.endStream, 2 * n + 1, block));
    await waitFor(() => client.isClosed || client.of(type.reset).length > 0);
    expect(held).toEqual([]);
  });

  test('it has more fields than a request may have', async () => {
    const { port, held } = await testApp();
    const session = http2.connect(`http://127.0.0.1:${port}`);
    onTestFinished(() => session.destroy());
    const many = Object.fromEntries(Array.from({ length: 120 }, (_, n) => [`x-${n}`, 'y']));
    const stream = session.request({ ':method': 'POST', ':path': PATH, 'content-type': 'application/grpc', ...many });
    const headers = await new Promise<http2.IncomingHttpHeaders>((resolve) => stream.once('response', resolve));
    expect(headers).toMatchObject({ 'grpc-status': '8', 'x-flotilla-code': 'FLT_HEADERS_TOO_LARGE' });
    expect(held).toEqual([]);
  });

  test('it opens the window of a stream beyond what there can be', async () => {
    const { port } = await testApp();
    const client = new RawClient(port);
    await client.send(request(1), frame(type.windowUpdate, 0, 1, uint32(2 ** 31 - 1)));
    await waitFor(() => client.isClosed || client.of(type.reset).some(({ stream }) => stream === 1));
    expect(await isServed(port)).toBe(true);
  });

  test('it is one too many on its connection', async () => {
    const { port, held } = await testApp({ FLOTILLA_MAX_CONNECTION_STREAMS: '20' });
    const client = new RawClient(port);
    await attack(port, client, 1, () =>
      Buffer.concat(Array.from({ length: 100 }, (_, n) => request(2 * n + 1, flag.endHeaders | flag.endStream))),
    );
    await waitFor(() => client.isClosed || client.of(type.reset).length === 80);
    for (const { payload } of client.of(type.reset)) expect(payload.readUInt32BE(0)).toBe(REFUSED_STREAM);
    expect(held.length).toBeLessThanOrEqual(20);
  });

  test('it sends more than it was given room for', async () => {
    const { port } = await testApp();
    const client = new RawClient(port);
    await client.send(request(1, flag.endHeaders, `${PATH}?unread`));
    const data = frame(type.data, 0, 1, Buffer.alloc(16_384));
    await attack(port, client, 20, () => Buffer.concat(Array.from({ length: 20 }, () => data)));
    await waitFor(() => client.isClosed || client.of(type.reset).length > 0);
  });
});

test('a client that takes no answer holds no more than its connection may, and not for ever', async () => {
  const { port } = await testApp({ FLOTILLA_REQUEST_TIMEOUT_MS: '1000' });
  // SETTINGS_INITIAL_WINDOW_SIZE: nothing may be sent to it.
  const client = new RawClient(port, Buffer.concat([Buffer.from([0, 4]), uint32(0)]));
  const flags = flag.endHeaders | flag.endStream;
  await attack(port, client, 1, () =>
    Buffer.concat(Array.from({ length: 256 }, (_, n) => request(2 * n + 1, flags, `${PATH}?answered`))),
  );
  expect(client.of(type.data)).toEqual([]);
  await waitFor(() => client.isClosed || client.of(type.reset).length === 256);
});
