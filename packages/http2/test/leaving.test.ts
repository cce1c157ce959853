import http2 from 'node:http2';
import { describe, expect, it, onTestFinished } from 'vitest';
import { frameFlag, frameType } from '../src/frames/protocol.js';
import { errorCode } from '../src/index.js';
import { FakeClient } from './fake-client.js';
import { frame, GET, literals, uint32 } from './frames.js';
import { Watcher } from './observers.js';
import { Client, type Served, serve, waitFor, writeAll } from './peers.js';

const LARGE = Array.from({ length: 20 }, (_, i) => Buffer.alloc(100_000, i));

/** A server that answers nothing until it is told to. */
const silent = () => serve(({ stream }) => stream.resume());

function answerAll({ requests }: Served): void {
  for (const { request, watcher } of requests) {
    request.stream.sendHead([':status', '200'], false);
    writeAll(watcher, LARGE);
  }
}

const goAways = (client: FakeClient) =>
  client.socket.sent.of(frameType.goAway).map(({ payload }) => [payload.readUInt32BE(0), payload.readUInt32BE(4)]);

describe('a server that leaves', () => {
  it('answers what has started whole, and closes', async () => {
    const served = await silent();
    const client = await Client.to(served.port);
    const watchers = Array.from({ length: 10 }, () => client.request('GET'));
    await waitFor(() => served.requests.length === 10);
    served.connections[0]?.close();
    await waitFor(() => client.isLeaving);
    answerAll(served);
    await waitFor(() => client.closed === 1);
    for (const watcher of watchers) {
      expect([watcher.ending, watcher.receivedBytes, watcher.late]).toEqual(['whole', 2_000_000, []]);
    }
    await waitFor(() => served.closed === 1);
    expect(served.requests.map(({ watcher }) => watcher.ending)).toEqual(Array(10).fill('whole'));
  });

  it('refuses what has started since, so that it can be sent to another server', async () => {
    const served = await silent();
    const client = await Client.to(served.port);
    const first = client.request('GET');
    await waitFor(() => served.requests.length === 1);
    served.connections[0]?.close();
    const [second, third] = [client.request('GET'), client.request('POST')];
    third.stream?.end(Buffer.from('body'));
    await waitFor(() => client.isLeaving);
    expect([second.ending, third.ending]).toEqual(Array(2).fill(`reset ${errorCode.refusedStream}`));
    expect(served.requests).toHaveLength(1);
    answerAll(served);
    await waitFor(() => first.isClosed && client.closed === 1);
    expect(first.ending).toBe('whole');
  });

  it('does so for Node’s client too', async () => {
    const served = await silent();
    const session = http2.connect(`http://127.0.0.1:${served.port}`);
    onTestFinished(() => session.destroy());
    const stream = session.request();
    await waitFor(() => served.requests.length === 1);
    served.connections[0]?.close();
    answerAll(served);
    let bytes = 0;
    for await (const chunk of stream) bytes += chunk.length;
    expect([bytes, stream.rstCode]).toEqual([2_000_000, errorCode.noError]);
    await waitFor(() => session.closed && served.closed === 1);
  });

  it('without streams closes at once', async () => {
    const client = new FakeClient();
    client.connection.close();
    client.connection.close();
    await client.sent();
    expect(goAways(client)).toEqual([[0, errorCode.noError]]);
    expect([client.closed, client.socket.writableFinished]).toEqual([1, true]);
  });

  it('does not say afterwards that it works on more', async () => {
    const client = new FakeClient();
    client.request();
    client.connection.close();
    client.request();
    client.send(frame(frameType.ping, 0, 1, Buffer.alloc(8)));
    await client.sent();
    expect(client.requests).toHaveLength(1);
    expect(goAways(client)).toEqual([
      [1, errorCode.noError],
      [1, errorCode.protocolError],
    ]);
  });
});

describe('a client that leaves', () => {
  it('is answered what it has started', async () => {
    const served = await silent();
    const session = http2.connect(`http://127.0.0.1:${served.port}`);
    const stream = session.request();
    await waitFor(() => served.requests.length === 1);
    session.goaway();
    session.close();
    answerAll(served);
    let bytes = 0;
    for await (const chunk of stream) bytes += chunk.length;
    expect(bytes).toBe(2_000_000);
    await waitFor(() => served.closed === 1);
    expect(served.requests[0]?.watcher.ending).toBe('whole');
  });

  it('begins nothing more', async () => {
    const client = new FakeClient();
    client.request();
    client.send(frame(frameType.goAway, 0, 0, uint32(0, 0)));
    client.request();
    await client.sent();
    expect(client.requests).toHaveLength(1);
    expect(client.closed).toBe(0);
    client.streams.get(1)?.sendHead([':status', '204'], true);
    await client.sent();
    expect(client.closed).toBe(1);
    expect(client.watchers.get(1)?.ending).toBe('whole');
  });
});

describe('a client that is told that its server leaves', () => {
  it('has been told of it before it is told of what was refused', async () => {
    const served = await silent();
    const client = await Client.to(served.port);
    client.request('GET');
    await waitFor(() => served.requests.length === 1);
    served.connections[0]?.close();
    const wasLeaving: boolean[] = [];
    const refused = new Watcher();
    const onClosed = refused.onClosed.bind(refused);
    refused.onClosed = (ending, code) => {
      wasLeaving.push(client.isLeaving);
      onClosed(ending, code);
    };
    client.request('GET', refused);
    await waitFor(() => refused.isClosed);
    expect(wasLeaving).toEqual([true]);
  });

  it('may have had its answer whole, but for its reader', async () => {
    const served = await serve(({ stream }) => stream.sendHead([':status', '200'], false));
    const client = await Client.to(served.port);
    const watcher = client.request('GET');
    watcher.stream?.pause();
    await waitFor(() => watcher.heads.length === 1);
    served.requests[0]?.request.stream.end(Buffer.from('whole'));
    served.connections[0]?.close();
    await waitFor(() => client.closed === 1);
    watcher.stream?.resume();
    expect([watcher.text, watcher.ends, watcher.ending]).toEqual(['whole', 1, 'whole']);
  });
});

describe('frames on a connection that its owner has closed', () => {
  it('begin nothing', async () => {
    const client: FakeClient = new FakeClient(undefined, {}, () => client.connection.destroy());
    const flags = frameFlag.endHeaders | frameFlag.endStream;
    client.send(...[1, 3].map((id) => frame(frameType.headers, flags, id, literals(...GET))));
    await client.sent();
    expect(client.requests).toHaveLength(1);
    expect(client.watchers.get(1)?.ending).toBe('lost');
    expect(client.closed).toBe(1);
  });
});
