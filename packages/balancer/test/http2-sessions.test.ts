import { lookup } from 'node:dns';
import http2, { type ServerHttp2Stream } from 'node:http2';
import net, { type AddressInfo, type Socket } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Exchange, type WireRequest } from '../../upstream/src/http1/exchange.js';
import { SessionPool } from '../../upstream/src/http2/session-pool.js';
import { waitFor } from './fixtures.js';

/** Frames, but for their payloads, as RFC 9113, section 4.1, has them. */
const SETTINGS_ONE_STREAM = Buffer.from('000006040000000000' + '000300000001', 'hex');
const GOOD_BYE_TO_ALL = Buffer.from('000008070000000000' + '00000000' + '00000000', 'hex');
/** Settings and the answer to those of the instance are in what comes first; what is longer has a request. */
const MOST_WITHOUT_REQUEST = 100;

const REQUEST: WireRequest = {
  method: 'POST',
  protocol: 'h2',
  rpc: undefined,
  path: '/',
  headers: () => ['host', 'instance', 'x-long', 'v'.repeat(MOST_WITHOUT_REQUEST)],
  prepare: () => {},
  body: () => null,
  contentLength: undefined,
  trailers: () => [],
  isRetryable: () => true,
};

/** What has become of an exchange. */
class Outcome {
  status: number | undefined;
  ended = 0;
  readonly errors: string[] = [];

  onHead({ status }: { status: number }): void {
    this.status = status;
  }

  onData(): void {}

  onEnd(): void {
    this.ended++;
  }

  onError(error: Error): void {
    this.errors.push(error.message);
  }

  onFault(error: unknown): void {
    throw error;
  }

  get isOver(): boolean {
    return this.ended + this.errors.length > 0;
  }
}

/** An instance whose first connection takes one stream, and then does something else than to answer. */
async function troubled(onFirstRequest: (socket: Socket) => void): Promise<number> {
  const good = http2.createServer();
  good.on('stream', (stream) => {
    stream.respond({ ':status': 204 }, { endStream: true });
  });
  const sockets: Socket[] = [];
  const server = net.createServer((socket) => {
    socket.on('error', () => {});
    if (sockets.push(socket) > 1) {
      good.emit('connection', socket);
      return;
    }
    socket.write(SETTINGS_ONE_STREAM);
    let isDone = false;
    socket.on('data', () => {
      if (isDone || socket.bytesRead <= MOST_WITHOUT_REQUEST) return;
      isDone = true;
      onFirstRequest(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A pool of one session at a time, and the first connection's end at the instance once it has a request. */
async function pooled(): Promise<{ pool: SessionPool; troubledSocket: Promise<Socket> }> {
  const settled = Promise.withResolvers<Socket>();
  const port = await troubled(settled.resolve);
  return { pool: poolTo(port, 1), troubledSocket: settled.promise };
}

function poolTo(port: number, maxConnections: number): SessionPool {
  const endpoint = { host: '127.0.0.1', port, connectTimeoutMs: 5000, lookup };
  const pool = new SessionPool(endpoint, {
    maxConnections,
    idleMs: 60_000,
    onFault: (error) => {
      throw error;
    },
  });
  onTestFinished(() => pool.close());
  return pool;
}

/** An instance that takes one stream at a time on a session, and whose streams are answered by the test. */
async function oneAtATime() {
  const streams: ServerHttp2Stream[] = [];
  const good = http2.createServer({ settings: { maxConcurrentStreams: 1 } });
  good.on('stream', (stream) => streams.push(stream));
  const sockets: Socket[] = [];
  const listener = net.createServer((socket) => {
    sockets.push(socket);
    good.emit('connection', socket);
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const disconnect = () => {
    for (const socket of sockets.splice(0)) socket.destroy();
  };
  onTestFinished(() => {
    disconnect();
    listener.close();
  });
  const { port } = listener.address() as AddressInfo;
  return { port, streams, disconnect, refuseMore: () => void listener.close() };
}

function send(pool: SessionPool): Outcome {
  const outcome = new Outcome();
  pool.send(new Exchange(REQUEST, outcome));
  return outcome;
}

/** Sends three requests, of which one is under way on the first connection and the others wait when it is in trouble. */
async function threeRequests(onTrouble: (socket: Socket) => void): Promise<Outcome[]> {
  const { pool, troubledSocket } = await pooled();
  const outcomes = [new Outcome(), new Outcome(), new Outcome()];
  const [first, ...others] = outcomes as [Outcome, Outcome, Outcome];
  pool.send(new Exchange(REQUEST, first));
  const socket = await troubledSocket;
  for (const outcome of others) pool.send(new Exchange(REQUEST, outcome));
  onTrouble(socket);
  await waitFor(() => outcomes.every((outcome) => outcome.isOver));
  return outcomes;
}

test('exchanges that wait are not sent on a session that is being lost', async () => {
  const [, ...others] = await threeRequests((socket) => socket.destroy());
  for (const { status, ended, errors } of others) expect([status, ended, errors]).toEqual([204, 1, []]);
});

test('exchanges that wait are not sent on a session that is about to leave', async () => {
  const outcomes = await threeRequests((socket) => socket.write(GOOD_BYE_TO_ALL));
  for (const { status, ended, errors } of outcomes) expect([status, ended, errors]).toEqual([204, 1, []]);
});

test('exchanges wait for the session that is busy if one more cannot be opened, and fail once there is none', async () => {
  const { port, streams, disconnect, refuseMore } = await oneAtATime();
  const pool = poolTo(port, 2);
  const answer = async (count: number) => {
    await waitFor(() => streams.length === count);
    streams.at(-1)?.respond({ ':status': 204 }, { endStream: true });
  };
  // With its answer, the pool knows how many streams the instance takes.
  const first = send(pool);
  await answer(1);
  await waitFor(() => first.isOver);
  const busy = send(pool);
  await waitFor(() => streams.length === 2);
  refuseMore();
  const waiting = [send(pool), send(pool)] as const;
  expect(pool.size).toBe(2);
  await waitFor(() => pool.size === 1);
  expect(waiting.map(({ errors }) => errors)).toEqual([[], []]);
  await answer(2);
  await answer(3);
  await waitFor(() => waiting[0].isOver);
  for (const { status, errors } of [busy, waiting[0]]) expect([status, errors]).toEqual([204, []]);
  await waitFor(() => streams.length === 4);
  const last = send(pool);
  disconnect();
  await waitFor(() => last.isOver);
  expect(last.errors).toEqual([expect.stringContaining('ECONNREFUSED')]);
});

test.each([
  ['a moment', 0, 1],
  ['seconds', 3_000, 0],
])('a session is left, or not, if nothing has come on it for %s behind a request', async (_what, ms, kept) => {
  const { pool, troubledSocket } = await pooled();
  const first = new Exchange(REQUEST, new Outcome());
  pool.send(first);
  await troubledSocket;
  const nowMs = performance.now.bind(performance);
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs() + ms);
  first.abort(new Error('the time is up'));
  vi.restoreAllMocks();
  expect(pool.size).toBe(kept);
  if (kept > 0) return;
  const next = new Outcome();
  pool.send(new Exchange(REQUEST, next));
  await waitFor(() => next.isOver);
  expect([next.status, next.errors]).toEqual([204, []]);
});
