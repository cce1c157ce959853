import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { Cluster } from '../../upstream/src/core/cluster.js';
import { Connection } from '../../upstream/src/http1/connection.js';
import { ConnectionPool } from '../../upstream/src/http1/connection-pool.js';
import { Exchange } from '../../upstream/src/http1/exchange.js';
import { ResponseReader } from '../../upstream/src/http1/response-reader.js';
import { InstanceStream } from '../../upstream/src/http2/instance-stream.js';
import { Session } from '../../upstream/src/http2/session.js';
import { SessionPool } from '../../upstream/src/http2/session-pool.js';
import { Attempt } from '../../upstream/src/request/attempt.js';
import { Body } from '../../upstream/src/request/body.js';
import { Upstream } from '../../upstream/src/request/upstream.js';
import { UpstreamRequest } from '../../upstream/src/request/upstream-request.js';
import { balancer, instance, waitFor } from './fixtures.js';
import { endWith, framed, rpcClient, rpcInstance } from './rpc-fixtures.js';

/** More than is gathered before an instance is chosen, and than an answer is held back. */
const LARGE_BYTES = 400_000;
const LIMITS = { FLOTILLA_MAX_HELD_RESPONSE_BYTES: '100000', FLOTILLA_TRY_TIMEOUT_MS: '2000' };
/** No request of these waits for so long for anything but the machine. */
const DEADLINE_MS = 8_000;

type Prototype = Record<string, (...args: never[]) => unknown>;

/** What of a request is called by which caller: a connection, a timer, the group, or another part of it. */
const parts: Readonly<Record<string, object>> = {
  Body: Body.prototype,
  Call: UpstreamRequest.prototype,
  Try: Attempt.prototype,
  Group: Cluster.prototype,
  Upstream: Upstream.prototype,
  Exchange: Exchange.prototype,
  Connection: Connection.prototype,
  ConnectionPool: ConnectionPool.prototype,
  ResponseReader: ResponseReader.prototype,
  InstanceStream: InstanceStream.prototype,
  Session: Session.prototype,
  SessionPool: SessionPool.prototype,
};

/** The boundary itself, and what belongs to no request. */
const EXEMPT = new Set([
  'constructor',
  'Call.fault',
  'Call.onFault',
  'Try.onFault',
  'Exchange.fault',
  'Exchange.head',
  'Exchange.data',
  'Exchange.end',
  'Exchange.fail',
  'Connection.fault',
  'Connection.onFault',
  'InstanceStream.onFault',
  'Upstream.close',
  'Upstream.fault',
]);

const methods = Object.entries(parts).flatMap(([part, prototype]) =>
  Object.getOwnPropertyNames(prototype).flatMap((name): [string, Prototype, string][] => {
    const isMethod = typeof Object.getOwnPropertyDescriptor(prototype, name)?.value === 'function';
    if (!isMethod || EXEMPT.has(name) || EXEMPT.has(`${part}.${name}`)) return [];
    return [[`${part}.${name}`, prototype as Prototype, name]];
  }),
);

/** Throws instead of the next call of a method. */
function throwOnce(prototype: Prototype, name: string) {
  const spy = vi.spyOn(prototype, name);
  spy.mockImplementationOnce(() => {
    throw new TypeError('secret words of the user');
  });
  return spy;
}

/** Those that requests lead to. */
async function calledDuring(send: () => Promise<unknown>): Promise<typeof methods> {
  const spies = methods.map(([, prototype, name]) => vi.spyOn(prototype, name));
  // An instance fails now and then.
  for (let n = 0; n < 3; n++) await send();
  const called = methods.filter((_each, n) => (spies[n]?.mock.calls.length ?? 0) > 0);
  for (const spy of spies) spy.mockRestore();
  return called;
}

/** Sends requests, some of which fail; it settles when all have come to something. */
interface Traffic {
  send(): Promise<unknown>;
  /** Whether a sound request is answered. */
  isServed(): Promise<boolean>;
  readonly errors: string[];
}

async function byHttp1(): Promise<Traffic> {
  let answered = 0;
  const port = await instance((request, response) => {
    const isLarge = request.headers['x-large'] !== undefined;
    request.resume();
    request.on('end', () => {
      answered++;
      // Every third is a failure of the instance's: its request goes to another.
      if (answered % 3 === 0) response.statusCode = 500;
      response.end(isLarge ? 'x'.repeat(LARGE_BYTES) : 'answer');
    });
  });
  const { post, errors } = await balancer([port, port], LIMITS);
  const init = (headers: Record<string, string> = {}): RequestInit => ({
    headers: { 'content-type': 'application/json', ...headers },
    signal: AbortSignal.timeout(DEADLINE_MS),
  });
  const settle = async (sent: Promise<Response>) => {
    const response = await sent;
    return [response.status, await response.text()];
  };
  return {
    errors,
    send: () =>
      Promise.allSettled([
        settle(post('{}', init())),
        settle(post('x'.repeat(LARGE_BYTES), init({ 'x-large': '1' }))),
        settle(post('{}', init({ 'x-request-deadline-ms': '1000' }))),
      ]),
    isServed: async () => (await settle(post('{}', init())))[0] === 200,
  };
}

async function byGrpc(): Promise<Traffic> {
  let answered = 0;
  const port = await rpcInstance((call) => {
    const isFailure = ++answered % 3 === 0;
    endWith({ 'grpc-status': isFailure ? '14' : '0' }, isFailure ? undefined : 'x'.repeat(LARGE_BYTES))(call);
  });
  const { port: at, errors } = await balancer([port, port], LIMITS);
  return {
    errors,
    send: () => {
      const { call, begin } = rpcClient(at);
      const { stream, outcome } = begin({ ':path': '/unknown.Service/Dialogue' });
      stream.end(framed('question'));
      return Promise.all([call(), call({}, 'x'.repeat(LARGE_BYTES)), outcome]);
    },
    isServed: async () => (await rpcClient(at).call()).status === 0,
  };
}

describe.each([
  ['HTTP/1.1', byHttp1],
  ['gRPC', byGrpc],
])('what is thrown while a request is passed on by %s fails that one, and nothing else', (_name, traffic) => {
  test('each method of each part, once', async () => {
    const { send, isServed, errors } = await traffic();
    const uncaught: unknown[] = [];
    const note = (error: unknown) => uncaught.push(error);
    process.on('uncaughtException', note).on('unhandledRejection', note);
    onTestFinished(() => void process.off('uncaughtException', note).off('unhandledRejection', note));
    const faults: string[] = [];
    const called = await calledDuring(send);
    expect(called.length).toBeGreaterThan(30);
    for (const [name, prototype, method] of called) {
      const spy = throwOnce(prototype, method);
      const began = performance.now();
      await send();
      await waitFor(isServed);
      const hasThrown = spy.mock.calls.length > 0;
      spy.mockRestore();
      const logged = errors.filter((line) => line.includes('unexpected error')).length;
      if (hasThrown !== logged > 0) faults.push(`${name}: ${logged} lines`);
      if (performance.now() - began > 6000) faults.push(`${name}: ${performance.now() - began} ms`);
      for (const error of uncaught.splice(0)) faults.push(`${name}: ${(error as Error).stack}`);
      errors.length = 0;
    }
    expect(faults).toEqual([]);
  });
});
