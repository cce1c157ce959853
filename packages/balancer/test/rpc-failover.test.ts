import { constants } from 'node:http2';
import { describe, expect, test } from 'vitest';
import { balancer, deadPort, rawInstance, waitFor } from './fixtures.js';
import {
  type CallHandler,
  endWith,
  framed,
  headOnly,
  messageOf,
  named,
  rpcClient,
  rpcInstance,
} from './rpc-fixtures.js';

const HEAD = { ':status': 200, 'content-type': 'application/grpc' };

test('20 calls on one connection over 4 instances: 5 each', async () => {
  const ports = await Promise.all(['a', 'b', 'c', 'd'].map((name) => rpcInstance(named(name))));
  const { port, stats } = await balancer(ports);
  const { call } = rpcClient(port);
  const names: string[] = [];
  for (let n = 0; n < 20; n++) names.push(messageOf(await call()));
  expect(names.join('')).toBe('abcd'.repeat(5));
  const { stats: counts, totals } = await stats();
  for (const each of Object.values(counts)) expect(each).toMatchObject({ requests: 5, errors: 0, connections: 1 });
  expect(totals).toMatchObject({ client_requests: 20, retries: 0, exhausted: 0, cancelled: 0 });
});

test('calls at once on one connection: all are answered, and shared out', async () => {
  const ports = await Promise.all(['a', 'b', 'c', 'd'].map((name) => rpcInstance(named(name))));
  const { port, stats } = await balancer(ports);
  const { call } = rpcClient(port);
  const outcomes = await Promise.all(Array.from({ length: 200 }, () => call()));
  for (const outcome of outcomes) expect(outcome.status).toBe(0);
  for (const each of Object.values((await stats()).stats)) expect(each).toMatchObject({ requests: 50, errors: 0 });
});

/** Half a message, and then the instance does what it is told. */
function half(then: CallHandler): CallHandler {
  return (call) => {
    call.stream.respond(HEAD);
    call.stream.write(framed('half of it').subarray(0, 9), () => then(call));
  };
}

const die: CallHandler = ({ stream }) => stream.session?.socket.destroy();
const reset =
  (code: number): CallHandler =>
  ({ stream }) =>
    stream.close(code);
const goAway =
  (code: number): CallHandler =>
  ({ stream: { session } }) => {
    session?.goaway(code);
    // Not before it is out.
    session?.ping(() => session.destroy());
  };
const status = (code: number) => ({ 'grpc-status': String(code), 'grpc-message': 'it failed' });
const codes = { RESOURCE_EXHAUSTED: 8, INTERNAL: 13, UNAVAILABLE: 14, DATA_LOSS: 15 };

const faults: [string, () => Promise<number>][] = [
  ['is down', deadPort],
  ['speaks no HTTP/2', () => rawInstance((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))],
  ['dies before an answer', () => rpcInstance(die)],
  ['dies mid-answer', () => rpcInstance(half(die))],
  ['resets before an answer', () => rpcInstance(reset(constants.NGHTTP2_INTERNAL_ERROR))],
  ['resets mid-answer', () => rpcInstance(half(reset(constants.NGHTTP2_INTERNAL_ERROR)))],
  ['refuses the stream', () => rpcInstance(reset(constants.NGHTTP2_REFUSED_STREAM))],
  ['ends a stream without an answer', () => rpcInstance(reset(constants.NGHTTP2_NO_ERROR))],
  ['goes away', () => rpcInstance(goAway(constants.NGHTTP2_NO_ERROR))],
  ['goes away with an error', () => rpcInstance(goAway(constants.NGHTTP2_INTERNAL_ERROR))],
  ['goes away mid-answer', () => rpcInstance(half(goAway(constants.NGHTTP2_INTERNAL_ERROR)))],
  ['answers without a status', () => rpcInstance(endWith({ 'x-other': 'field' }, 'cut off'))],
  ['answers without trailers', () => rpcInstance(({ stream }) => stream.respond(HEAD, { endStream: true }))],
  ['answers with a status that is no number', () => rpcInstance(endWith({ 'grpc-status': 'fine' }, 'so'))],
  [
    'answers with 503 of HTTP',
    () => rpcInstance(({ stream }) => stream.respond({ ':status': 503 }, { endStream: true })),
  ],
  ...Object.entries(codes).flatMap(([name, code]): [string, () => Promise<number>][] => [
    [`says ${name} in its trailers`, () => rpcInstance(endWith(status(code)))],
    [`says ${name} after a message`, () => rpcInstance(endWith(status(code), 'a part'))],
    [`says ${name} in its head`, () => rpcInstance(headOnly(status(code)))],
  ]),
];

describe('the next instance answers, and one error is counted, if the first', () => {
  test.each(faults)('%s', async (_name, faulty) => {
    const { port, stats } = await balancer([await faulty(), await rpcInstance(named('b'))]);
    const outcome = await rpcClient(port).call();
    expect(outcome).toMatchObject({ status: 0, resetCode: 0 });
    expect(messageOf(outcome)).toBe('b');
    // A try is over before the next begins; that of the answer is counted with its end.
    await waitFor(async () => (await stats()).stats['b:1']?.in_flight === 0);
    const { stats: counts, totals } = await stats();
    expect(counts['a:1']).toMatchObject({ requests: 1, errors: 1, in_flight: 0 });
    expect(counts['b:1']).toMatchObject({ requests: 1, errors: 0 });
    expect(totals).toMatchObject({ client_requests: 1, retries: 1, exhausted: 0 });
  });
});

test('all instances down: UNAVAILABLE, with the stage that failed', async () => {
  const { port, stats } = await balancer([await deadPort(), await deadPort()], { FLOTILLA_MAX_LATER_TRIES: '0' });
  const outcome = await rpcClient(port).call();
  expect(outcome).toMatchObject({ status: 14, resetCode: 0 });
  expect(outcome.headers).toMatchObject({
    ':status': 200,
    'content-type': 'application/grpc',
    'x-flotilla-code': 'FLT_INSTANCES_UNREACHABLE',
    'x-failed-stage': 'service1',
  });
  const { stats: counts, totals } = await stats();
  for (const each of Object.values(counts)) expect(each).toMatchObject({ requests: 1, errors: 1 });
  expect(totals).toMatchObject({ client_requests: 1, retries: 1, exhausted: 1 });
});

test('all instances say INTERNAL: UNAVAILABLE', async () => {
  const ports = await Promise.all([1, 2].map(() => rpcInstance(endWith({ 'grpc-status': '13' }))));
  const { port } = await balancer(ports);
  const outcome = await rpcClient(port).call();
  expect(outcome.status).toBe(14);
  expect(outcome.headers['x-flotilla-code']).toBe('FLT_INSTANCES_FAILED');
});

test('a stream that an instance goes away from is sent again on a new connection, and is no error', async () => {
  const handle: CallHandler = (call) => {
    const { id = 0, session } = call.stream;
    // The first of a connection was taken, the next one was not (RFC 9113, section 6.8).
    if (id > 1) session?.goaway(constants.NGHTTP2_NO_ERROR, 1);
    else named('a')(call);
  };
  const { port, stats } = await balancer([await rpcInstance(handle)]);
  const { call } = rpcClient(port);
  for (let n = 0; n < 6; n++) expect(await call()).toMatchObject({ status: 0 });
  expect((await stats()).stats['a:1']).toMatchObject({ requests: 6, errors: 0 });
});

test('an instance that comes back is used again', async () => {
  let isGood = false;
  const flapping: CallHandler = (call) => (isGood ? named('a') : die)(call);
  const { port } = await balancer([await rpcInstance(flapping), await rpcInstance(named('b'))]);
  const { call } = rpcClient(port);
  expect(messageOf(await call())).toBe('b');
  isGood = true;
  const names = new Set<string>();
  for (let n = 0; n < 4; n++) names.add(messageOf(await call()));
  expect([...names].sort()).toEqual(['a', 'b']);
});
