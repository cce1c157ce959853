import { describe, expect, it } from 'vitest';
import { frameFlag, frameType } from '../src/frames/protocol.js';
import { errorCode } from '../src/index.js';
import { FakeServer } from './fake-server.js';
import { frame, setting, settingId, uint32 } from './frames.js';

const OK = [':status', '200'] as const;
const PROTOCOL_ERROR = `reset ${errorCode.protocolError}`;

const data = (flags: number, text: string) => frame(frameType.data, flags, 1, Buffer.from(text));

describe('an answer', () => {
  it('is its head, its body and its trailers', () => {
    const server = new FakeServer();
    const watcher = server.request();
    server.fields(1, [':status', '103']);
    server.fields(1, [...OK, 'content-length', '3']);
    server.send(data(0, 'abc'));
    server.fields(1, ['x-after', 'all'], true);
    expect(watcher.heads.map(({ status }) => status)).toEqual([200]);
    expect([watcher.text, watcher.trailers, watcher.ends]).toEqual(['abc', ['x-after', 'all'], 1]);
    expect([watcher.ending, watcher.late]).toEqual(['whole', []]);
  });

  it.each<[string, (server: FakeServer) => void]>([
    ['data before its head', (server) => server.send(data(0, 'abc'))],
    ['an end before its head', (server) => server.send(data(frameFlag.endStream, ''))],
    ['an end in a head that is none yet', (server) => server.fields(1, [':status', '103'], true)],
    ['no status', (server) => server.fields(1, ['x-a', 'b'])],
    ['a status that is none', (server) => server.fields(1, [':status', '20'])],
    ['fields of a request', (server) => server.fields(1, [...OK, ':path', '/'])],
    ['more fields than may be', (server) => server.fields(1, [...OK, ...many(500)])],
  ])('with %s is reset, and not handed over', async (_what, send) => {
    const server = new FakeServer();
    const watcher = server.request();
    send(server);
    expect([watcher.ending, watcher.heads, watcher.pieces, watcher.ends]).toEqual([PROTOCOL_ERROR, [], [], 0]);
    expect(await server.goAway()).toBeUndefined();
    expect(server.socket.sent.of(frameType.reset, 1)).toHaveLength(1);
  });

  it.each<[string, (server: FakeServer) => void]>([
    ['a second head', (server) => server.fields(1, OK)],
    ['trailers that are not the end', (server) => server.fields(1, ['x-a', 'b'])],
    ['trailers with a status', (server) => server.fields(1, OK, true)],
    [
      'more trailers than may be',
      (server) => {
        server.send(data(0, 'abc'));
        server.fields(1, many(500), true);
      },
    ],
    ['more than it announced', (server) => server.send(data(0, 'abcd'))],
    ['less than it announced', (server) => server.send(data(frameFlag.endStream, 'ab'))],
  ])('with %s is reset, and does not end', async (_what, send) => {
    const server = new FakeServer();
    const watcher = server.request();
    server.fields(1, [...OK, 'content-length', '3']);
    send(server);
    expect([watcher.ending, watcher.heads.length, watcher.ends]).toEqual([PROTOCOL_ERROR, 1, 0]);
    expect(await server.goAway()).toBeUndefined();
  });

  it.each<[string, (server: FakeServer) => void]>([
    ['data', (server) => server.send(data(0, 'abc'))],
    ['fields', (server) => server.fields(1, ['x-a', 'b'], true)],
  ])('that is whole has no more %s, while its request goes on', async (_what, send) => {
    const server = new FakeServer();
    const watcher = server.request(false);
    server.fields(1, OK, true);
    expect([watcher.ends, watcher.ending]).toEqual([1, '']);
    send(server);
    expect([watcher.ends, watcher.pieces]).toEqual([1, []]);
    expect(watcher.ending).toBe(`reset ${errorCode.streamClosed}`);
  });
});

describe('a server', () => {
  it.each([
    ['a push', frame(frameType.pushPromise, frameFlag.endHeaders, 1, uint32(2)), errorCode.protocolError],
    ['data of nothing', data(0, 'abc'), errorCode.protocolError],
    ['a window of nothing', frame(frameType.windowUpdate, 0, 1, uint32(1)), errorCode.protocolError],
    ['fields that are in no table', frame(frameType.headers, 4, 1, Buffer.from([0xff])), errorCode.compressionError],
  ])('may not send %s', async (_what, bytes, code) => {
    const server = new FakeServer();
    server.send(bytes);
    expect(await server.goAway()).toBe(code);
    expect(server.closed).toBe(1);
  });

  it('says how many streams it takes', () => {
    const server = new FakeServer(setting(settingId.maxStreams, 7));
    expect(server.connection.maxStreams).toBe(7);
    server.send(frame(frameType.settings, 0, 0, setting(settingId.maxStreams, 0)));
    expect(server.connection.maxStreams).toBe(0);
  });

  it('may send more on a stream that was reset, and it is dropped', async () => {
    const server = new FakeServer();
    const watcher = server.request();
    server.fields(1, OK);
    watcher.stream?.reset(errorCode.cancel);
    server.send(data(0, 'abc'), data(frameFlag.endStream, ''));
    expect([watcher.pieces, watcher.late, watcher.ending]).toEqual([[], [], `reset ${errorCode.cancel}`]);
    expect(await server.goAway()).toBeUndefined();
  });

  it.each([
    ['in one frame', [Buffer.concat([setting(1, 0), setting(1, 4096)])]],
    ['in two', [setting(1, 0), setting(1, 4096)]],
  ])('that empties the table and widens it %s is told that both were done', async (_what, settings) => {
    const server = new FakeServer();
    server.request();
    server.send(...settings.map((each) => frame(frameType.settings, 0, 0, each)));
    server.request();
    await server.sent();
    const block = server.socket.sent.of(frameType.headers, 3)[0]?.payload;
    // RFC 7541, section 4.2: the smallest size, and then the last one.
    expect(block?.subarray(0, 4).toString('hex')).toBe('203fe11f');
  });
});

function many(count: number): string[] {
  return Array.from({ length: count }, (_, i) => [`x-${i}`, 'value']).flat();
}
