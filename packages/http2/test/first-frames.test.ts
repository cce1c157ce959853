import { describe, expect, it } from 'vitest';
import { frameFlag, frameType } from '../src/frames/protocol.js';
import { ClientConnection, errorCode, PREFACE, ServerConnection } from '../src/index.js';
import { FakeServer } from './fake-server.js';
import { FakeSocket } from './fake-socket.js';
import { frame, GET, headers, literals, setting, settingId } from './frames.js';
import { CLIENT_LIMITS, SERVER_LIMITS } from './limits.js';

const owner = {
  onRequest: () => {},
  onLeaving: () => {},
  onClosed: () => {},
  onFault: (error: unknown) => {
    throw error;
  },
};

/** How our server ends a connection that begins with this frame; undefined if it does not. */
async function serverEndsBy(first: Buffer): Promise<number | undefined> {
  const socket = new FakeSocket();
  new ServerConnection(socket.asSocket, PREFACE, SERVER_LIMITS, owner);
  socket.arrive(first);
  return goAwayOf(socket);
}

/** The same of our client. */
async function clientEndsBy(first: Buffer): Promise<number | undefined> {
  const socket = new FakeSocket(PREFACE.length);
  const connection = new ClientConnection(socket.asSocket, CLIENT_LIMITS, owner);
  socket.on('data', (bytes: Buffer) => connection.read(bytes));
  socket.arrive(first);
  return goAwayOf(socket);
}

async function goAwayOf(socket: FakeSocket): Promise<number | undefined> {
  await socket.turn();
  return socket.sent.of(frameType.goAway)[0]?.payload.readUInt32BE(4);
}

const SETTINGS = frame(frameType.settings, 0, 0);
const ACK = frame(frameType.settings, frameFlag.ack, 0);
const PING = frame(frameType.ping, 0, 0, Buffer.alloc(8));
const push = (value: number) => setting(settingId.enablePush, value);

describe('the first frame of a connection', () => {
  it('has the settings of its sender: an acknowledgement of ours has none', async () => {
    for (const endsBy of [serverEndsBy, clientEndsBy]) {
      expect(await endsBy(SETTINGS)).toBeUndefined();
      expect(await endsBy(ACK)).toBe(errorCode.protocolError);
      expect(await endsBy(PING)).toBe(errorCode.protocolError);
    }
  });

  it('says nothing of push if it is a server’s, or that there is none', async () => {
    expect(await new FakeServer(push(0)).goAway()).toBeUndefined();
    expect(await new FakeServer(push(1)).goAway()).toBe(errorCode.protocolError);
    for (const [value, ending] of [
      [0, undefined],
      [1, undefined],
      [2, errorCode.protocolError],
    ] as const) {
      expect(await serverEndsBy(frame(frameType.settings, 0, 0, push(value)))).toBe(ending);
    }
  });
});

describe('a request’s scheme', () => {
  it.each([
    ['http', 1],
    ['h2c+x.y-1', 1],
    ['', 0],
    ['1http', 0],
    ['ht tp', 0],
    ['http\x80', 0],
  ])('%j: requests that are taken: %i', async (scheme, taken) => {
    const socket = new FakeSocket();
    let requests = 0;
    new ServerConnection(socket.asSocket, PREFACE, SERVER_LIMITS, { ...owner, onRequest: () => requests++ });
    const fields = GET.map((each, n) => (GET[n - 1] === ':scheme' ? scheme : each));
    socket.arrive(SETTINGS, headers(1, literals(...fields)));
    await socket.turn();
    expect(requests).toBe(taken);
    expect(socket.sent.of(frameType.reset, 1)).toHaveLength(1 - taken);
  });
});
