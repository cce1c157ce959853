import { expect, test } from 'vitest';
import { balancer } from './fixtures.js';
import { type CallHandler, framed, messageOf, rpcClient, rpcInstance } from './rpc-fixtures.js';

/** What is under a name, in the order in which it came. */
function valuesOf(raw: readonly string[], name: string): string[] {
  return raw.flatMap((each, index) => (index % 2 === 0 && each === name ? [raw[index + 1] ?? ''] : []));
}

const HEAD = { ':status': 200, 'content-type': 'application/grpc' };
const BINARY = Buffer.from([0, 255, 10, 128]).toString('base64');

test('metadata, binary and repeated too, goes to the instance; not what is of one connection', async () => {
  let seen: readonly string[] = [];
  const keep: CallHandler = ({ stream, raw }) => {
    seen = raw;
    stream.respond({ ...HEAD, 'grpc-status': '0' }, { endStream: true });
  };
  const { port } = await balancer([await rpcInstance(keep)]);
  const metadata = { 'x-key-bin': BINARY, 'x-tag': ['one', 'two', 'one'], authorization: 'Bearer x', 'x-empty': '' };
  expect(await rpcClient(port).call({ ...metadata, 'x-request-id': 'call-1' })).toMatchObject({ status: 0 });
  expect(valuesOf(seen, 'x-key-bin')).toEqual([BINARY]);
  expect(valuesOf(seen, 'x-tag')).toEqual(['one', 'two', 'one']);
  expect(valuesOf(seen, 'authorization')).toEqual(['Bearer x']);
  expect(valuesOf(seen, 'x-empty')).toEqual(['']);
  expect(valuesOf(seen, 'x-request-id')).toEqual(['call-1']);
  expect(valuesOf(seen, 'te')).toEqual(['trailers']);
  expect(valuesOf(seen, ':authority')).toEqual([`127.0.0.1:${port}`]);
  expect(valuesOf(seen, 'via')).toEqual(['2.0 service1-loadbalancer']);
  expect(valuesOf(seen, 'connection')).toEqual([]);
});

test('metadata before and after an answer comes to the client, each in its place', async () => {
  const answer: CallHandler = ({ stream }) => {
    stream.respond({ ...HEAD, 'x-head-bin': BINARY, 'x-tag': ['one', 'two'] }, { waitForTrailers: true });
    stream.on('wantTrailers', () =>
      stream.sendTrailers({ 'grpc-status': '0', 'x-end-bin': BINARY, 'x-end': ['one', 'two', 'one'] }),
    );
    stream.end(framed('answer'));
  };
  const { port } = await balancer([await rpcInstance(answer)]);
  const { begin } = rpcClient(port);
  const { stream, outcome } = begin();
  let head: string[] = [];
  let end: string[] = [];
  stream.on('response', (_headers: unknown, _flags: unknown, raw: string[]) => {
    head = raw;
  });
  stream.on('trailers', (_headers: unknown, _flags: unknown, raw: string[]) => {
    end = raw;
  });
  stream.end(framed('question'));
  expect(messageOf(await outcome)).toBe('answer');
  expect(valuesOf(head, 'x-head-bin')).toEqual([BINARY]);
  expect(valuesOf(head, 'x-tag')).toEqual(['one', 'two']);
  expect(valuesOf(head, 'grpc-status')).toEqual([]);
  expect(valuesOf(end, 'grpc-status')).toEqual(['0']);
  expect(valuesOf(end, 'x-end-bin')).toEqual([BINARY]);
  expect(valuesOf(end, 'x-end')).toEqual(['one', 'two', 'one']);
  expect(valuesOf(end, 'x-tag')).toEqual([]);
});

test('a large message goes through both ways, byte for byte', async () => {
  const echo: CallHandler = ({ stream }) => {
    stream.respond(HEAD, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.pipe(stream);
  };
  const { port } = await balancer([await rpcInstance(echo)]);
  const message = Buffer.alloc(5_000_000, 'a text that is repeated, ');
  const outcome = await rpcClient(port).call({}, message);
  expect(outcome.status).toBe(0);
  expect(outcome.body.equals(framed(message))).toBe(true);
});
