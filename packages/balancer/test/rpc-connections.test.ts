import { once } from 'node:events';
import { constants, type ServerHttp2Stream } from 'node:http2';
import net from 'node:net';
import { Duplex } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import { balancer, echo, waitFor } from './fixtures.js';
import { type CallHandler, endWith, framed, messageOf, named, rpcClient, rpcInstance } from './rpc-fixtures.js';

/** An instance that answers when its test lets it. */
async function holding() {
  const held: ServerHttp2Stream[] = [];
  const port = await rpcInstance((call) => {
    call.stream.resume();
    call.stream.once('end', () => held.push(call.stream));
  });
  const release = (stream: ServerHttp2Stream) => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.once('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.end(framed('held'));
  };
  return { port, held, release };
}

test('a client that cancels: the instance sees the reset, and nothing is held against it', async () => {
  const { port: instancePort, held } = await holding();
  const { port, stats } = await balancer([instancePort]);
  const { stream, outcome } = rpcClient(port).begin();
  stream.end(framed('question'));
  await waitFor(() => held.length === 1);
  const ended = once(held[0] as ServerHttp2Stream, 'close');
  stream.close(constants.NGHTTP2_CANCEL);
  await outcome;
  await ended;
  expect(held[0]?.rstCode).toBe(constants.NGHTTP2_CANCEL);
  await waitFor(async () => (await stats()).totals.cancelled === 1);
  expect((await stats()).stats['a:1']).toMatchObject({ requests: 1, errors: 0, in_flight: 0, connections: 1 });
});

test('a client whose connection breaks: the instance sees a reset for each of its calls', async () => {
  const { port: instancePort, held } = await holding();
  const { port, stats } = await balancer([instancePort]);
  const { call, session } = rpcClient(port);
  for (let n = 0; n < 10; n++) void call();
  await waitFor(() => held.length === 10);
  session.destroy();
  await waitFor(() => held.every((stream) => stream.rstCode === constants.NGHTTP2_CANCEL));
  await waitFor(async () => (await stats()).stats['a:1']?.in_flight === 0);
  expect((await stats()).stats['a:1']).toMatchObject({ requests: 10, errors: 0 });
});

test('a client that cancels half way through its request: the instance sees the reset', async () => {
  const closedWith = Promise.withResolvers<number | undefined>();
  let receivedBytes = 0;
  const instancePort = await rpcInstance(({ stream }) => {
    stream.on('data', (chunk: Buffer) => {
      receivedBytes += chunk.length;
    });
    stream.on('close', () => closedWith.resolve(stream.rstCode));
  });
  const { port } = await balancer([instancePort]);
  const { stream } = rpcClient(port).begin();
  stream.write(framed('x'.repeat(200_000)).subarray(0, 150_000));
  await waitFor(() => receivedBytes > 0);
  stream.close(constants.NGHTTP2_CANCEL);
  expect(await closedWith.promise).toBe(constants.NGHTTP2_CANCEL);
});

test('a balancer that drains: clients are told to go, and calls under way end well', async () => {
  const { port: instancePort, held, release } = await holding();
  const { port, lifecycle } = await balancer([instancePort]);
  const { call, session } = rpcClient(port);
  const told = once(session, 'goaway');
  const early = call();
  await waitFor(() => held.length === 1);
  lifecycle.phase = 'draining';
  const [code, lastStream] = (await told) as [number, number];
  expect(code).toBe(constants.NGHTTP2_NO_ERROR);
  expect(lastStream).toBe(1);
  // A client that still opens new connections is served.
  const late = rpcClient(port).call();
  await waitFor(() => held.length === 2);
  for (const stream of held) release(stream);
  for (const outcome of [await early, await late]) {
    expect(outcome).toMatchObject({ status: 0, resetCode: 0 });
    expect(messageOf(outcome)).toBe('held');
  }
});

test('a balancer that closes waits for calls under way', async () => {
  const { port: instancePort, held, release } = await holding();
  const { app, port } = await balancer([instancePort]);
  const { call } = rpcClient(port);
  const outcome = call();
  await waitFor(() => held.length === 1);
  const closed = app.close();
  release(held[0] as ServerHttp2Stream);
  expect(await outcome).toMatchObject({ status: 0, resetCode: 0 });
  await closed;
});

/** How much of a connection goes out a byte at a time: the preface, and the first frames. */
const SINGLE_BYTES = 80;

/** A connection whose first bytes go out one by one. */
function slowly(port: number): Duplex {
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
  onTestFinished(() => {
    socket.destroy();
  });
  let sentBytes = 0;
  const write = async (chunk: Buffer) => {
    for (let at = 0; at < chunk.length; ) {
      const end = sentBytes < SINGLE_BYTES ? at + 1 : chunk.length;
      await new Promise((resolve) => socket.write(chunk.subarray(at, end), resolve));
      await new Promise((resolve) => setImmediate(resolve));
      sentBytes += end - at;
      at = end;
    }
  };
  const duplex = new Duplex({
    read: () => {},
    write: (chunk: Buffer, _encoding, done) => void write(chunk).then(() => done(), done),
  });
  socket.on('data', (chunk) => duplex.push(chunk));
  socket.on('close', () => duplex.push(null));
  socket.on('error', () => {});
  return duplex;
}

test('a preface that comes byte by byte, beside clients of HTTP/1.1 on the same port', async () => {
  const calls = await rpcInstance(named('h2'));
  const texts = await echo('h1');
  const { port: callsPort } = await balancer([calls]);
  const { port: textsPort, post } = await balancer([texts]);
  const slow = rpcClient(callsPort, { createConnection: () => slowly(callsPort) });
  const outcomes = Promise.all([slow.call(), slow.call(), rpcClient(callsPort).call()]);
  for (let n = 0; n < 5; n++) {
    expect((await fetch(`http://127.0.0.1:${callsPort}/health`)).status).toBe(200);
    expect(await (await post('{}')).json()).toMatchObject({ name: 'h1' });
  }
  for (const outcome of await outcomes) expect(messageOf(outcome)).toBe('h2');
  // And REST over HTTP/2 goes to an instance of HTTP/1.1.
  const { session } = rpcClient(textsPort);
  const stream = session.request({ ':method': 'POST', ':path': '/process', 'content-type': 'application/json' });
  stream.end('{"text":"x"}');
  let body = '';
  for await (const chunk of stream.setEncoding('utf8')) body += chunk;
  expect(JSON.parse(body)).toEqual({ name: 'h1', bytes: 12 });
});

test('more calls than one connection to an instance takes are all answered', async () => {
  const slowAnswer: CallHandler = (call) => setImmediate(() => endWith({ 'grpc-status': '0' }, 'a')(call));
  const { port, stats } = await balancer([await rpcInstance(slowAnswer)]);
  const clients = [rpcClient(port), rpcClient(port), rpcClient(port)];
  const outcomes = await Promise.all(clients.flatMap(({ call }) => Array.from({ length: 150 }, () => call())));
  for (const outcome of outcomes) expect(outcome.status).toBe(0);
  const { connections = 0, errors } = (await stats()).stats['a:1'] ?? {};
  expect(errors).toBe(0);
  expect(connections).toBeGreaterThan(0);
  expect(connections).toBeLessThanOrEqual(6);
});
