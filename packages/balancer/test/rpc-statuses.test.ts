import { describe, expect, test } from 'vitest';
import { balancer } from './fixtures.js';
import { type CallHandler, endWith, headOnly, messageOf, named, rpcClient, rpcInstance } from './rpc-fixtures.js';

/** A call to a balancer whose first instance does this, and what was counted. */
async function callTo(handler: CallHandler) {
  const { port, stats } = await balancer([await rpcInstance(handler), await rpcInstance(named('b'))]);
  const outcome = await rpcClient(port).call();
  const { stats: counts, totals } = await stats();
  return { outcome, totals, first: counts['a:1'], second: counts['b:1'] };
}

const notRetried: [string, number, Record<string, string>][] = [
  ['CANCELLED', 1, {}],
  ['UNKNOWN', 2, {}],
  ['INVALID_ARGUMENT', 3, {}],
  ['DEADLINE_EXCEEDED', 4, {}],
  ['NOT_FOUND', 5, {}],
  ['ALREADY_EXISTS', 6, {}],
  ['PERMISSION_DENIED', 7, {}],
  ['FAILED_PRECONDITION', 9, {}],
  ['ABORTED', 10, {}],
  ['OUT_OF_RANGE', 11, {}],
  ['UNIMPLEMENTED', 12, {}],
  ['UNAUTHENTICATED', 16, {}],
  ['an unknown status', 99, {}],
  ['UNAVAILABLE of a stage further down', 14, { 'x-failed-stage': 'service3' }],
  ['INTERNAL of a stage further down', 13, { 'x-failed-stage': 'service2' }],
  ['RESOURCE_EXHAUSTED of a message that is too large', 8, { 'x-flotilla-code': 'FLT_BODY_TOO_LARGE' }],
];

describe('a status that is not the instance’s fault goes to the client as it is', () => {
  describe.each([
    ['in the trailers', endWith],
    ['in the head', headOnly],
  ])('%s', (_place, ending) => {
    test.each(notRetried)('%s', async (_name, code, extra) => {
      const fields = { 'grpc-status': String(code), 'grpc-message': 'told%20so', ...extra };
      const { outcome, first, second, totals } = await callTo(ending(fields));
      expect(outcome).toMatchObject({ status: code, resetCode: 0 });
      expect({ ...outcome.headers, ...outcome.trailers }).toMatchObject(fields);
      expect(first).toMatchObject({ requests: 1, errors: 0, in_flight: 0 });
      expect(second).toMatchObject({ requests: 0, errors: 0 });
      expect(totals).toMatchObject({ client_requests: 1, retries: 0, exhausted: 0 });
    });
  });
});

test('a code of the catalogue that is the instance’s own failure is retried', async () => {
  const fields = { 'grpc-status': '13', 'x-flotilla-code': 'FLT_INTERNAL' };
  const { outcome, first } = await callTo(endWith(fields));
  expect(messageOf(outcome)).toBe('b');
  expect(first).toMatchObject({ requests: 1, errors: 1 });
});

test('a code that is not of the catalogue says nothing', async () => {
  const { outcome, first } = await callTo(endWith({ 'grpc-status': '8', 'x-flotilla-code': 'constructor' }));
  expect(messageOf(outcome)).toBe('b');
  expect(first).toMatchObject({ requests: 1, errors: 1 });
});

describe('a call’s time', () => {
  test('is shortened and passed on', async () => {
    const seen: (string | undefined)[] = [];
    const keep: CallHandler = (call) => {
      seen.push(call.headers['grpc-timeout'] as string | undefined);
      named('a')(call);
    };
    const { port } = await balancer([await rpcInstance(keep)]);
    const { call } = rpcClient(port);
    for (const timeout of ['20S', '1M', '900000u', undefined]) {
      const fields = timeout === undefined ? {} : { 'grpc-timeout': timeout };
      expect(await call(fields)).toMatchObject({ status: 0 });
    }
    const most = [20_000, 60_000, 900];
    for (const [index, mostMs] of most.entries()) {
      expect(seen[index]).toMatch(/^\d+m$/);
      const passedOnMs = Number.parseInt(seen[index] ?? '', 10);
      expect(passedOnMs).toBeGreaterThan(0);
      expect(passedOnMs).toBeLessThanOrEqual(mostMs);
    }
    expect(seen[3]).toBeUndefined();
  });

  test('that is past already: DEADLINE_EXCEEDED at once, and no instance is asked', async () => {
    const { port, stats } = await balancer([await rpcInstance(() => {}), await rpcInstance(() => {})]);
    for (const timeout of ['0S', '1n', '0m']) {
      expect(await rpcClient(port).call({ 'grpc-timeout': timeout })).toMatchObject({ status: 4, resetCode: 0 });
    }
    for (const each of Object.values((await stats()).stats)) expect(each).toMatchObject({ requests: 0, errors: 0 });
  });

  test('that runs out at an instance: DEADLINE_EXCEEDED, and the instance is told', async () => {
    const ended = Promise.withResolvers<number | undefined>();
    const silent: CallHandler = ({ stream }) => stream.once('close', () => ended.resolve(stream.rstCode));
    const { port, stats } = await balancer([await rpcInstance(silent), await rpcInstance(named('b'))]);
    expect(await rpcClient(port).call({ 'grpc-timeout': '200m' })).toMatchObject({ status: 4, resetCode: 0 });
    expect(await ended.promise).toBe(8);
    expect((await stats()).totals).toMatchObject({ retries: 0 });
  });

  test.each(['', 'S', '1', '-1S', '1.5S', '123456789S', '1s', '١S'])(
    '%j is no time, and is let pass',
    async (timeout) => {
      const { port } = await balancer([await rpcInstance(named('a'))]);
      const value = Buffer.from(timeout).toString('latin1');
      expect(await rpcClient(port).call({ 'grpc-timeout': value })).toMatchObject({ status: 0 });
    },
  );
});
