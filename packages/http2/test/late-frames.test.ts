import { describe, expect, it } from 'vitest';
import { frameFlag, frameType } from '../src/frames/protocol.js';
import { errorCode } from '../src/index.js';
import { FakeClient } from './fake-client.js';
import { frame, literals, POST } from './frames.js';

const ALL = frameFlag.endHeaders | frameFlag.endStream;

describe('frames of a stream that is over', () => {
  const GONE = [
    frame(frameType.data, 0, 1, Buffer.from('late')),
    frame(frameType.headers, ALL, 1, literals('x-a', 'b')),
  ];

  /** A client whose first stream was reset by the server, and so many others since. */
  async function longAfter(others: number): Promise<FakeClient> {
    const client = new FakeClient(undefined, {}, ({ stream }) => {
      if (stream.id === 1) stream.reset(errorCode.cancel);
      else stream.sendHead([':status', '204'], true);
    });
    client.request(frameFlag.endHeaders);
    for (let i = 0; i < others; i++) {
      client.request();
      if (i % 50 === 0) await client.sent();
    }
    return client;
  }

  it.each([0, 3000])('that was reset here do no harm, %i streams later', async (others) => {
    const client = await longAfter(others);
    client.send(...GONE);
    expect(await client.goAway()).toBeUndefined();
    expect(client.watchers.get(1)?.late).toEqual([]);
  });

  it('that was whole end the connection', async () => {
    const client = await longAfter(3);
    client.send(frame(frameType.data, 0, 3, Buffer.from('late')));
    expect(await client.goAway()).toBe(errorCode.streamClosed);
  });

  it('that was passed over end the connection', async () => {
    const client = new FakeClient();
    client.request();
    client.send(
      frame(frameType.headers, ALL, 101, literals(...POST)),
      frame(frameType.headers, ALL, 99, literals(...POST)),
    );
    expect(await client.goAway()).toBe(errorCode.protocolError);
  });
});
