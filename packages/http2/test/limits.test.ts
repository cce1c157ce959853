import { describe, expect, it, vi } from 'vitest';
import { frameFlag, frameType, LARGEST_WINDOW_BYTES } from '../src/frames/protocol.js';
import { type ConnectionLimits, errorCode, type ServerLimits } from '../src/index.js';
import { FakeClient } from './fake-client.js';
import { ALL, data, frame, GET, headers, literals, POST, setting, settingId, uint32 } from './frames.js';

const NO_RESETS: ConnectionLimits['resets'] = { burst: 10, perSecond: 0 };

/** How a connection is ended that is sent these frames; undefined if it is not. */
async function endOf(frames: readonly Buffer[], limits?: Partial<ServerLimits>): Promise<number | undefined> {
  const client = new FakeClient(undefined, limits);
  client.send(Buffer.concat(frames));
  return client.goAway();
}

const repeat = (count: number, each: (i: number) => Buffer) => Array.from({ length: count }, (_, i) => each(i));

describe('fields that are too many', () => {
  it('begin a request that says so', () => {
    const client = new FakeClient();
    const long = Array.from({ length: 200 }, () => ['x-long', 'v'.repeat(100)]).flat();
    client.request(ALL, literals(...GET, ...long));
    expect(client.requests[0]).toMatchObject({ isTooLarge: true, head: { method: 'GET', path: '/' } });
    client.request(ALL, literals(...GET));
    expect(client.requests[1]).toMatchObject({ isTooLarge: false });
  });

  it('and small on the wire only end the connection', async () => {
    const bomb = Buffer.concat([literals(...GET), Buffer.from('4001617fbd1d', 'hex'), Buffer.alloc(3900, 0x61)]);
    const times = (count: number) => headers(1, Buffer.concat([bomb, Buffer.alloc(count, 0xbe)]));
    expect(await endOf([times(8)])).toBeUndefined();
    expect(await endOf([times(30)])).toBe(errorCode.enhanceYourCalm);
  });

  it('may not go on without end', async () => {
    const first = headers(1, literals(...GET), frameFlag.endStream);
    const more = (bytes: number, flags = 0) => frame(frameType.continuation, flags, 1, Buffer.alloc(bytes, 0x61));
    expect(await endOf([first, ...repeat(3, () => more(16_384))])).toBe(errorCode.enhanceYourCalm);
    expect(await endOf([first, data(1, 1)])).toBe(errorCode.protocolError);
    expect(await endOf([first, frame(frameType.continuation, frameFlag.endHeaders, 3)])).toBe(errorCode.protocolError);
    expect(await endOf([first, frame(frameType.continuation, frameFlag.endHeaders, 1)])).toBeUndefined();
  });
});

describe('fields in pieces', () => {
  const block = literals(...GET, 'x-name', 'v'.repeat(100));
  /** A request whose fields come in so many frames, most of them empty. */
  const pieces = (count: number) => [
    headers(1, block.subarray(0, 10), frameFlag.endStream),
    ...repeat(count - 2, () => frame(frameType.continuation, 0, 1)),
    frame(frameType.continuation, frameFlag.endHeaders, 1, block.subarray(10)),
  ];

  it('are as many as was said, and no more, however little is in them', async () => {
    expect(await endOf(pieces(16))).toBeUndefined();
    expect(await endOf(pieces(17))).toBe(errorCode.enhanceYourCalm);
    expect(await endOf(pieces(17), { maxFieldPieces: 17 })).toBeUndefined();
  });

  it('are the same fields, wherever they are cut', () => {
    const client = new FakeClient(undefined, {}, ({ stream }) => stream.sendHead([':status', '204'], true));
    for (let cut = 1; cut < block.length - 1; cut++) {
      const id = 2 * cut - 1;
      const parts = [block.subarray(0, cut), block.subarray(cut, cut + 1), block.subarray(cut + 1)];
      const wire = parts.map((part, i) =>
        i === 0
          ? headers(id, part, frameFlag.endStream)
          : frame(frameType.continuation, i === 2 ? frameFlag.endHeaders : 0, id, part),
      );
      for (const byte of Buffer.concat(wire)) client.send(Buffer.from([byte]));
    }
    expect(client.requests).toHaveLength(block.length - 2);
    const [first] = client.requests;
    for (const { head } of client.requests) expect(head).toEqual(first?.head);
  });
});

describe('windows', () => {
  const open = (stream: number, bytes: number) => frame(frameType.windowUpdate, 0, stream, uint32(bytes));
  const opening = headers(1, literals(...POST), frameFlag.endHeaders);

  it('of a stream end it if they are not kept', async () => {
    const client = new FakeClient();
    client.request(frameFlag.endHeaders);
    client.send(...repeat(2, () => data(1, 64 * 1024)));
    expect(await client.resets()).toEqual({});
    client.send(data(1, 1));
    expect(await client.resets()).toEqual({ 1: errorCode.flowControlError });
  });

  it('are given back for what is read, and for padding', async () => {
    const client = new FakeClient(undefined, {}, ({ stream }) => stream.resume());
    client.request(frameFlag.endHeaders);
    const padded = frame(frameType.data, frameFlag.padded, 1, Buffer.concat([Buffer.from([255]), Buffer.alloc(300)]));
    for (let i = 0; i < 2000; i++) client.send(padded);
    expect(await client.resets()).toEqual({});
    expect(client.watchers.get(1)?.receivedBytes).toBe(2000 * 45);
  });

  it('that become too large end what they are of', async () => {
    expect(await endOf([open(0, LARGEST_WINDOW_BYTES)])).toBe(errorCode.flowControlError);
    expect(await endOf([open(0, 0)])).toBe(errorCode.protocolError);
    expect(
      await endOf([
        opening,
        open(1, 1000),
        frame(frameType.settings, 0, 0, setting(settingId.windowBytes, LARGEST_WINDOW_BYTES)),
      ]),
    ).toBe(errorCode.flowControlError);
    const client = new FakeClient();
    client.send(opening, open(1, LARGEST_WINDOW_BYTES));
    expect(await client.resets()).toEqual({ 1: errorCode.flowControlError });
  });
});

describe('a peer that keeps its server busy with nothing', () => {
  const floods: readonly (readonly [string, (i: number) => Buffer])[] = [
    ['pings', () => frame(frameType.ping, 0, 0, Buffer.alloc(8))],
    ['settings', () => frame(frameType.settings, 0, 0)],
    ['frames of data without any', () => data(1, 0)],
    ['frames of padding', () => frame(frameType.data, frameFlag.padded, 1, Buffer.alloc(2, 1))],
    ['priorities', () => frame(frameType.priority, 0, 1, Buffer.alloc(5))],
    ['frames of an unknown type', () => frame(0xfa, 0, 0)],
  ];

  it.each(floods)('is sent away: %s', async (_what, each) => {
    const opening = headers(1, literals(...POST), frameFlag.endHeaders);
    expect(await endOf([opening, ...repeat(60_000, each)])).toBe(errorCode.enhanceYourCalm);
    expect(await endOf([opening, ...repeat(15_000, each)])).toBeUndefined();
  });

  it.each([
    ['resets its streams', (id: number) => [headers(id, literals(...GET)), frame(frameType.reset, 0, id, uint32(8))]],
    [
      'has its streams reset',
      (id: number) => [headers(id, literals(...GET)), frame(frameType.windowUpdate, 0, id, uint32(0))],
    ],
    ['sends data behind the end', (id: number) => [headers(id, literals(...GET)), data(id, 1)]],
    ['has requests that are malformed', (id: number) => [headers(id, literals(':method', 'GET'))]],
  ])('is sent away: it %s', async (_what, each) => {
    const frames = (count: number) => repeat(count, (i) => Buffer.concat(each(1 + 2 * i)));
    expect(await endOf(frames(11), { resets: NO_RESETS })).toBe(errorCode.enhanceYourCalm);
    expect(await endOf(frames(10), { resets: NO_RESETS })).toBeUndefined();
  });

  const opening = headers(1, literals(...POST), frameFlag.endHeaders);
  const reader = (limits?: Partial<ServerLimits>) => new FakeClient(undefined, limits, ({ stream }) => stream.resume());

  it.each([1, 20])('is sent away that sends its data in frames of %i bytes', async (bytes) => {
    // However long the machine takes for it.
    const clock = vi.spyOn(performance, 'now').mockReturnValue(performance.now());
    const few = reader();
    few.send(opening, Buffer.concat(repeat(90_000, () => data(1, bytes))));
    expect(await few.goAway()).toBeUndefined();
    const many = reader();
    many.send(opening, Buffer.concat(repeat(300_000, () => data(1, bytes))));
    expect(await many.goAway()).toBe(errorCode.enhanceYourCalm);
    clock.mockRestore();
  });

  it('is not taken for one because it is slow, or sends short messages as fast as they are read', async () => {
    const client = reader();
    let nowMs = performance.now();
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
    client.send(opening);
    for (let i = 0; i < 300_000; i++) {
      nowMs += 0.1;
      client.socket.emit('data', data(1, 1));
    }
    for (let i = 0; i < 10_000; i++) client.send(data(1, 100), data(1, 100));
    clock.mockRestore();
    expect(await client.goAway()).toBeUndefined();
    expect(client.watchers.get(1)?.receivedBytes).toBe(300_000 + 2_000_000);
  });

  it('is sent away that changes its settings over and over in few frames', async () => {
    const many = frame(frameType.settings, 0, 0, Buffer.concat(repeat(10_000, (i) => setting(0xf000, i))));
    expect(await endOf([many])).toBeUndefined();
    expect(await endOf([many, many, many])).toBe(errorCode.enhanceYourCalm);
  });

  it('may send on a stream that was reset here what it was allowed before, and no more', async () => {
    const answer = async (late: readonly Buffer[]) => {
      const client = new FakeClient(undefined, {}, ({ stream }) => stream.reset(errorCode.cancel));
      client.send(opening, ...late);
      return client.goAway();
    };
    const full = repeat(2, () => data(1, 64 * 1024));
    const trailers = headers(1, literals('x-a', 'b'));
    expect(await answer([...full, trailers])).toBeUndefined();
    expect(await answer([...full, ...full])).toBe(errorCode.enhanceYourCalm);
    expect(await answer(repeat(12, () => trailers))).toBe(errorCode.enhanceYourCalm);
  });

  it('is sent away that begins what it was told not to', async () => {
    const client = new FakeClient(undefined, { resets: NO_RESETS });
    client.request(frameFlag.endHeaders);
    client.connection.close();
    for (let i = 0; i < 10; i++) client.request();
    expect(client.connection.isClosed).toBe(false);
    client.request();
    expect(client.connection.isClosed).toBe(true);
  });

  it('may open windows as often as a fast download needs', async () => {
    const open = frame(frameType.windowUpdate, 0, 0, uint32(1));
    expect(await endOf(repeat(90_000, () => open))).toBeUndefined();
    expect(await endOf(repeat(400_000, () => open))).toBe(errorCode.enhanceYourCalm);
  });

  it('has no more streams at once than were said', async () => {
    const client = new FakeClient(undefined, { maxStreams: 3 });
    for (let i = 0; i < 4; i++) client.request();
    expect(await client.resets()).toEqual({ 7: errorCode.refusedStream });
    client.streams.get(1)?.sendHead([':status', '204'], true);
    client.request();
    expect(client.requests.map(({ stream }) => stream.id)).toEqual([1, 3, 5, 9]);
  });
});
