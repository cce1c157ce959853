import http2 from 'node:http2';
import { describe, expect, it, onTestFinished } from 'vitest';
import { frameFlag, frameType } from '../src/frames/protocol.js';
import { errorCode, type InboundStream } from '../src/index.js';
import { FakeClient } from './fake-client.js';
import { frame, literals, POST } from './frames.js';
import { Watcher } from './observers.js';
import { Client, type Served, serve, waitFor, writeAll } from './peers.js';

const LARGE = Array.from({ length: 30 }, () => Buffer.alloc(100_000));

/** How far a server goes with a request before it is ended. */
const MOMENTS: Record<string, (request: InboundStream, watcher: Watcher) => void> = {
  'before anything is read': () => {},
  'while the request is read': ({ stream }) => stream.resume(),
  'behind the head of the answer': ({ stream }) => stream.sendHead([':status', '200'], false),
  'in the middle of the answer': ({ stream }, watcher) => {
    stream.resume();
    stream.sendHead([':status', '200'], false);
    writeAll(watcher, LARGE);
  },
};

/** A server that goes so far, and a client whose request has come there. */
async function underWay(moment: string): Promise<{ served: Served; client: Client; watcher: Watcher; other: Watcher }> {
  const served = await serve(MOMENTS[moment] as (typeof MOMENTS)[string]);
  const client = await Client.to(served.port);
  const watcher = client.request('POST');
  watcher.stream?.pause();
  watcher.stream?.write(Buffer.alloc(70_000));
  await waitFor(() => served.requests.length === 1);
  const other = (served.requests[0] as Served['requests'][0]).watcher;
  if (moment.includes('head')) await waitFor(() => watcher.heads.length === 1);
  if (moment.includes('read')) await waitFor(() => moment.startsWith('before') || other.receivedBytes === 70_000);
  return { served, client, watcher, other };
}

/** Another request on the same connection is answered, so that the streams agree with each other still. */
async function goesOn({ served, client }: { served: Served; client: Client }): Promise<void> {
  const count = served.requests.length;
  const watcher = client.request('GET');
  await waitFor(() => served.requests.length > count);
  const stream = served.requests.at(-1)?.request.stream;
  stream?.reset(errorCode.refusedStream);
  await waitFor(() => watcher.isClosed);
  expect(watcher.ending).toBe(`reset ${errorCode.refusedStream}`);
  expect(client.closed + served.closed).toBe(0);
}

describe.each(Object.keys(MOMENTS))('a stream that is reset %s', (moment) => {
  it('by its client is over on both sides, once', async () => {
    const both = await underWay(moment);
    both.watcher.stream?.reset(errorCode.cancel);
    await waitFor(() => both.other.isClosed);
    expect([both.watcher.ending, both.other.ending]).toEqual(['reset 8', 'reset 8']);
    await goesOn(both);
    expect([...both.watcher.late, ...both.other.late]).toEqual([]);
  });

  it('by its server is over on both sides, once', async () => {
    const both = await underWay(moment);
    both.other.stream?.reset(errorCode.internalError);
    await waitFor(() => both.watcher.isClosed);
    expect([both.watcher.ending, both.other.ending]).toEqual(['reset 2', 'reset 2']);
    await goesOn(both);
    expect([...both.watcher.late, ...both.other.late]).toEqual([]);
  });

  it('by both at once is over on both sides, once', async () => {
    const both = await underWay(moment);
    both.other.stream?.reset(errorCode.internalError);
    both.watcher.stream?.reset(errorCode.cancel);
    await goesOn(both);
    expect([both.watcher.ending, both.other.ending]).toEqual(['reset 8', 'reset 2']);
  });

  it('because the client is gone is lost', async () => {
    const both = await underWay(moment);
    both.client.connection.destroy();
    await waitFor(() => both.served.closed === 1);
    expect([both.watcher.ending, both.other.ending]).toEqual(['lost', 'lost']);
    expect([...both.watcher.late, ...both.other.late]).toEqual([]);
    expect(both.client.closed).toBe(1);
  });

  it('because the server is gone is lost', async () => {
    const both = await underWay(moment);
    both.served.connections[0]?.destroy();
    await waitFor(() => both.client.closed === 1);
    expect([both.watcher.ending, both.other.ending]).toEqual(['lost', 'lost']);
    expect([...both.watcher.late, ...both.other.late]).toEqual([]);
    expect(both.served.closed).toBe(1);
  });
});

describe('an observer that gives its stream up', () => {
  it.each(['data', 'end', 'head'] as const)('when it is told of %s is told once that it is over', async (what) => {
    const served = await serve(({ stream }, watcher) => {
      stream.sendHead([':status', '200'], false);
      stream.resume();
      watcher.does[what] = () => stream.reset(errorCode.cancel);
      if (what === 'head') stream.end(Buffer.from('answer'));
    });
    const client = await Client.to(served.port);
    const watcher = new Watcher();
    watcher.does[what] = () => watcher.stream?.reset(errorCode.cancel);
    client.request('POST', watcher);
    watcher.stream?.end(Buffer.from('request'));
    await waitFor(() => watcher.isClosed && served.requests.every((each) => each.watcher.isClosed));
    expect(watcher.endings).toHaveLength(1);
    expect(served.requests[0]?.watcher.endings).toHaveLength(1);
    expect(served.requests[0]?.watcher.late).toEqual([]);
    expect(client.closed + served.closed).toBe(0);
  });

  it('when more comes than was announced is told once that it is over', async () => {
    const client = new FakeClient(undefined, {}, ({ stream }, watcher) => {
      watcher.does.data = () => stream.reset(errorCode.cancel);
      stream.resume();
    });
    const id = client.request(frameFlag.endHeaders, literals(...POST, 'content-length', '2'));
    client.send(frame(frameType.data, 0, id, Buffer.from('three')));
    await client.sent();
    expect(client.watchers.get(id)?.endings).toEqual([{ ending: 'reset', code: errorCode.cancel }]);
    expect(client.socket.sent.of(frameType.reset, id)).toHaveLength(1);
  });

  it('while data wait for it is handed none of them', async () => {
    const client = new FakeClient();
    const id = client.request(frameFlag.endHeaders);
    client.send(frame(frameType.data, frameFlag.endStream, id, Buffer.from('waits')));
    const [stream, watcher] = [client.streams.get(id), client.watchers.get(id)];
    stream?.reset(errorCode.cancel);
    stream?.resume();
    expect([watcher?.ending, watcher?.late]).toEqual([`reset ${errorCode.cancel}`, []]);
  });

  it('or answers at once, is told of the end when the kernel has the answer', async () => {
    const client = new FakeClient(undefined, {}, ({ stream }, watcher) => {
      watcher.does.end = () => stream.sendHead([':status', '204'], true);
      stream.resume();
    });
    await client.sent();
    client.socket.hold();
    const id = client.request(frameFlag.endHeaders);
    client.send(frame(frameType.data, frameFlag.endStream, id));
    await client.sent();
    expect(client.watchers.get(id)?.ending).toBe('');
    client.socket.letAll();
    await client.sent();
    expect(client.watchers.get(id)?.ending).toBe('whole');
  });
});

describe('an answer before the end of its request', () => {
  it('arrives whole at our client, and the rest is not sent', async () => {
    const served = await serve(({ stream }) => {
      stream.sendHead([':status', '413'], false);
      stream.end(Buffer.from('too large'));
    });
    const client = await Client.to(served.port);
    const watcher = client.request('POST');
    writeAll(watcher, LARGE);
    await waitFor(() => watcher.isClosed);
    expect([watcher.text, watcher.ends, watcher.ending]).toEqual(['too large', 1, 'reset 0']);
    expect(served.requests[0]?.watcher.ending).toBe('whole');
    expect(served.sockets[0]?.bytesRead).toBeLessThan(400_000);
    const next = client.request('GET');
    await waitFor(() => next.isClosed);
    expect(next.ending).toBe('whole');
  });

  it('arrives whole at Node’s client', async () => {
    const served = await serve(({ stream }) => {
      stream.sendHead([':status', '413'], false);
      stream.end(Buffer.from('too large'));
    });
    const session = http2.connect(`http://127.0.0.1:${served.port}`);
    onTestFinished(() => session.destroy());
    const stream = session.request({ ':method': 'POST' });
    for (const chunk of LARGE) stream.write(chunk);
    let text = '';
    for await (const chunk of stream) text += chunk;
    expect(text).toBe('too large');
    expect(stream.rstCode).toBe(errorCode.noError);
    expect(session.destroyed).toBe(false);
  });
});
