import { createHash, randomBytes } from 'node:crypto';
import http2 from 'node:http2';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { InboundStream } from '../src/index.js';
import { Watcher } from './observers.js';
import { Client, listening, serve, waitFor, writeAll } from './peers.js';

const KIB = 1024;
const BODY = randomBytes(3 * KIB * KIB);
/** Pieces of all sizes: from single bytes to more than a window. */
const PIECES = cut(BODY, [1, 10, 4095, 4096, 4097, 16_384, 70_000, 131_072, 300_000, 2]);
const STREAMS = 60;

function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = sizes[i % sizes.length] as number;
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
}

const digest = (...bytes: readonly Buffer[]) => createHash('sha1').update(Buffer.concat(bytes)).digest('hex');

/** Sends each piece of a request's body back as it comes, and waits where it has to. */
function echo({ stream }: InboundStream, watcher: Watcher): void {
  stream.sendHead([':status', '200'], false);
  watcher.does.data = () => {
    if (!stream.write(watcher.pieces.at(-1) as Buffer)) stream.pause();
  };
  watcher.does.writable = () => stream.resume();
  watcher.does.end = () => stream.end(undefined, ['x-sha', digest(...watcher.pieces)]);
  stream.resume();
}

/** A body by way of Node's client. @returns What came back, and its digest as the server has it. */
async function byNode(session: http2.ClientHttp2Session): Promise<{ body: Buffer; sha: unknown }> {
  const stream = session.request({ ':method': 'POST' });
  const body: Buffer[] = [];
  let sha: unknown;
  stream.on('data', (chunk: Buffer) => body.push(chunk));
  stream.on('trailers', (trailers) => (sha = trailers['x-sha']));
  for (const chunk of PIECES) stream.write(chunk);
  stream.end();
  await new Promise((resolve, reject) => stream.on('end', resolve).on('error', reject));
  return { body: Buffer.concat(body), sha };
}

async function nodeServer(onStream: (stream: http2.ServerHttp2Stream) => void): Promise<number> {
  const server = http2.createServer();
  server.on('stream', onStream);
  await listening(server as never);
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

describe('large bodies both ways at once', () => {
  it('from Node’s client', async () => {
    const { port } = await serve(echo);
    const session = http2.connect(`http://127.0.0.1:${port}`);
    onTestFinished(() => session.destroy());
    for (const { body, sha } of await Promise.all([byNode(session), byNode(session), byNode(session)])) {
      expect(body.equals(BODY)).toBe(true);
      expect(sha).toBe(digest(BODY));
    }
  });

  it('to Node’s server', async () => {
    const client = await Client.to(
      await nodeServer((stream) => {
        stream.respond({ ':status': 200 });
        stream.pipe(stream);
      }),
    );
    const watchers = [1, 2, 3].map(() => client.request('POST'));
    for (const watcher of watchers) writeAll(watcher, PIECES);
    await waitFor(() => watchers.every((each) => each.isClosed));
    for (const watcher of watchers) {
      expect(watcher.ending).toBe('whole');
      expect(Buffer.concat(watcher.pieces).equals(BODY)).toBe(true);
    }
  });

  it('between our client and our server', async () => {
    const served = await serve(echo);
    const client = await Client.to(served.port);
    const watchers = [1, 2, 3].map(() => client.request('POST'));
    for (const watcher of watchers) writeAll(watcher, PIECES, ['x-after', 'all']);
    await waitFor(() => watchers.every((each) => each.isClosed));
    for (const watcher of watchers) {
      expect(watcher.ending).toBe('whole');
      expect(watcher.trailers).toEqual(['x-sha', digest(BODY)]);
      expect(Buffer.concat(watcher.pieces).equals(BODY)).toBe(true);
    }
    await waitFor(() => served.requests.every(({ watcher }) => watcher.isClosed));
    for (const { watcher } of served.requests) {
      expect(watcher.trailers).toEqual(['x-after', 'all']);
      expect([watcher.ending, watcher.late]).toEqual(['whole', []]);
    }
  });
});

describe('many streams at once', () => {
  it('each have their own', async () => {
    const served = await serve(echo);
    const client = await Client.to(served.port);
    const watchers = Array.from({ length: STREAMS }, () => client.request('POST'));
    const bodies = watchers.map((_, i) => [Buffer.alloc(20 * KIB, i), Buffer.alloc(30 * KIB, i + 1)]);
    watchers.forEach((watcher, i) => {
      writeAll(watcher, bodies[i] as Buffer[]);
    });
    await waitFor(() => watchers.every((each) => each.isClosed));
    watchers.forEach((watcher, i) => {
      expect(watcher.trailers).toEqual(['x-sha', digest(...(bodies[i] as Buffer[]))]);
      expect([watcher.ending, watcher.late]).toEqual(['whole', []]);
    });
  });
});

describe('a reader that waits', () => {
  it('holds at most its window, while other streams go on', async () => {
    const served = await serve(({ stream, head }, watcher) => {
      if (!head.fields.includes('x-waits')) echo({ stream, head, isTooLarge: false }, watcher);
    });
    const client = await Client.to(served.port);
    const waiting = client.request('POST', new Watcher(), ['x-waits', 'yes']);
    const before = () => served.sockets[0]?.bytesRead ?? 0;
    writeAll(waiting, PIECES);
    await waitFor(() => (waiting.stream?.sendWindow ?? 1) === 0);
    const other = client.request('POST');
    writeAll(other, PIECES);
    await waitFor(() => other.isClosed);
    expect(other.trailers).toEqual(['x-sha', digest(BODY)]);
    expect(before()).toBeLessThan(BODY.length + 2 * 128 * KIB);
    const { request, watcher } = served.requests[0] as (typeof served.requests)[0];
    expect(watcher.receivedBytes).toBe(0);
    echo(request, watcher);
    await waitFor(() => waiting.isClosed);
    expect(waiting.trailers).toEqual(['x-sha', digest(BODY)]);
  });

  it('is handed what came whole before, after all is over on the wire', async () => {
    const { port } = await serve(({ stream }) => {
      stream.sendHead([':status', '200'], false);
      stream.end(Buffer.from('here'), ['x-after', 'all']);
    });
    const client = await Client.to(port);
    const watcher = client.request('GET');
    watcher.stream?.pause();
    await waitFor(() => watcher.isClosed);
    expect([watcher.text, watcher.ends]).toEqual(['', 0]);
    watcher.stream?.resume();
    expect([watcher.text, watcher.ends, watcher.trailers]).toEqual(['here', 1, ['x-after', 'all']]);
  });
});

describe('answers', () => {
  it('may have others before them that are none yet', async () => {
    const client = await Client.to(
      await nodeServer((stream) => {
        stream.additionalHeaders({ ':status': 103, link: '</a>' });
        stream.additionalHeaders({ ':status': 102 });
        stream.respond({ ':status': 204 }, { endStream: true });
      }),
    );
    const watcher = client.request('GET');
    await waitFor(() => watcher.isClosed);
    expect(watcher.heads.map(({ status }) => status)).toEqual([204]);
    expect([watcher.ending, watcher.ends]).toEqual(['whole', 1]);
  });

  it('may have no body, and say how long it would be', async () => {
    const { port } = await serve(({ stream }) => stream.sendHead([':status', '200', 'content-length', '5'], true));
    const watcher = (await Client.to(port)).request('GET');
    await waitFor(() => watcher.isClosed);
    expect([watcher.ending, watcher.ends, watcher.text]).toEqual(['whole', 1, '']);
  });
});
