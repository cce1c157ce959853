import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Socket } from 'node:net';
import { problems } from '@flotilla/contracts';
import { Agent } from 'undici';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type CallOptions, CONNECT_TIMEOUT_MS } from '../src/call.js';
import { textBodyLength } from '../src/json-text.js';
import { ClientError, renderError, reportOf } from '../src/problems.js';
import { connectInTime } from '../src/transport/connect-in-time.js';
import { openTransport } from '../src/transport/open.js';
import { type ChunkRequest, type Transport, type TransportName, transportNames } from '../src/transport/transport.js';
import { FakeFleet } from './support/fake-fleet.js';

const MIB = 1024 * 1024;
const SLICE = Buffer.from('the boats of the harbour '.repeat(10_000));
const call = { timeoutMs: 30_000 };
const dispatcher = new Agent();
const rpcNames = ['grpc', 'connect'] as const;

let fleet: FakeFleet;
let transports: Record<TransportName, Transport>;
beforeAll(async () => {
  const open = transportNames.map(async (name) => [name, await openTransport(name, dispatcher)] as const);
  transports = Object.fromEntries(await Promise.all(open)) as Record<TransportName, Transport>;
});
beforeEach(async () => {
  fleet = await FakeFleet.start();
  return async () => await fleet[Symbol.asyncDispose]();
});
afterAll(async () => {
  for (const transport of Object.values(transports)) await transport.close();
  await dispatcher.destroy();
});

/** A chunk of so many slices, which tells how many of them were asked for. */
function chunkOf(slices: number, isJson = false): ChunkRequest & { made: number } {
  const textBytes = slices * SLICE.length;
  const bodyBytes = isJson ? textBodyLength('chunk-1', textBytes) : textBytes;
  const chunk = { start: 0, end: textBytes, number: 1, requestId: 'chunk-1', bodyBytes, isJson };
  const request = {
    chunk,
    isTableWanted: true,
    made: 0,
    async *slices() {
      for (let made = 0; made < slices; made++) {
        request.made++;
        yield SLICE;
      }
    },
    changed: () => new ClientError('changed'),
  };
  return request;
}

const send = (name: TransportName, request: ChunkRequest, options: CallOptions = call, origin = fleet.origin) =>
  transports[name].sendChunk(`${origin}/process`, request, options);

describe.each(rpcNames)('%s', (name) => {
  test('sends a text in pieces as they come from the disk', async () => {
    const answer = await send(name, chunkOf(12));
    expect(answer).toMatchObject({ wordCount: 12 * 50_000, servedBy: expect.arrayContaining(['service1a']) });
    expect(answer.table?.uniqueWords).toBe(4);
    expect(fleet.seen).toMatchObject([{ way: name, requestId: 'chunk-1' }]);
    expect(fleet.seen[0]?.pieces).toEqual(Array.from({ length: 12 }, () => SLICE.length));
  });

  test('sends a text in one message where the plan says so', async () => {
    const answer = await send(name, chunkOf(3, true));
    expect(answer.wordCount).toBe(3 * 50_000);
    expect(fleet.seen).toMatchObject([{ requestId: 'chunk-1', headerId: 'chunk-1', pieces: [] }]);
  });

  test('reads no further ahead than the fleet takes', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    fleet.held = promise;
    const request = chunkOf(Math.ceil((64 * MIB) / SLICE.length));
    const interruption = new AbortController();
    const sent = send(name, request, { ...call, signal: interruption.signal }).catch((error) => error);
    await standsStill(() => request.made);
    // What the sockets' buffers hold.
    expect(request.made * SLICE.length).toBeLessThan(24 * MIB);
    interruption.abort();
    expect(await sent).toBe(interruption.signal.reason);
    resolve();
  });

  test('takes a refusal that comes before all is sent, and uses the connection no more', async () => {
    fleet.refusesEarly = true;
    const request = chunkOf(Math.ceil((64 * MIB) / SLICE.length));
    await expect(send(name, request)).rejects.toMatchObject({ code: 'FLT_WORD_TOO_LONG', status: 422 });
    expect(request.made * SLICE.length).toBeLessThan(64 * MIB);
    fleet.refusesEarly = false;
    expect((await send(name, chunkOf(1))).wordCount).toBe(50_000);
  });
});

describe('errors', () => {
  test.each(Object.keys(problems) as (keyof typeof problems)[])(
    'are the same over each transport: %s',
    async (code) => {
      for (const isJson of [true, false]) {
        const reports = [];
        for (const name of transportNames) {
          fleet.faults.push({ code, retryAfter: '1' });
          const error = await send(name, chunkOf(1, isJson)).catch((reason) => reason);
          reports.push({ ...reportOf(error), name: error.name, retryAfterMs: error.retryAfterMs });
        }
        expect(reports[0]).toMatchObject({ code, status: problems[code].status, retryAfterMs: 1000 });
        expect(reports[1]).toEqual(reports[0]);
        expect(reports[2]).toEqual(reports[0]);
      }
    },
  );

  test('of connections are the same over each transport, a line each', async () => {
    const closed = 'http://127.0.0.1:1';
    for (const name of transportNames) {
      const error = await send(name, chunkOf(1), call, closed).catch((reason) => reason);
      expect(error).toMatchObject({ name: 'ConnectionError', message: `nothing listens at ${closed}` });
      expect(renderError(reportOf(error)).split('\n')).toHaveLength(2);
    }
  });

  test('of a server that is no fleet are told in a line', async () => {
    const server = createServer((_request, response) => response.end('<html>'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    for (const name of transportNames) {
      const error = await send(name, chunkOf(1), call, origin).catch((reason) => reason);
      expect(error.message).toMatch(/^(the answer of the fleet cannot be used|the connection to .* failed)[^\n]*$/);
    }
    server.closeAllConnections();
    server.close();
  });

  test('of a text are thrown as they are', async () => {
    const own = new RangeError('the disk is broken');
    const request = {
      ...chunkOf(1),
      async *slices() {
        yield SLICE.subarray(0, 10);
        throw own;
      },
    };
    for (const name of transportNames) await expect(send(name, request)).rejects.toBe(own);
  });
});

describe('connectInTime', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('gives a socket up that does not connect, and leaves one alone that does', async () => {
    const [slow, quick] = [connectInTime(new Socket()), connectInTime(new Socket())];
    const failed = new Promise((resolve) => slow.once('error', resolve));
    quick.emit('connect');
    vi.advanceTimersByTime(CONNECT_TIMEOUT_MS);
    expect(await failed).toMatchObject({ code: 'ETIMEDOUT' });
    expect(quick.destroyed).toBe(false);
  });
});

/** Waits until a number has been the same for a while. */
async function standsStill(value: () => number): Promise<void> {
  let last = -1;
  let sameFor = 0;
  const isStill = () => {
    sameFor = value() > 0 && value() === last ? sameFor + 1 : 0;
    last = value();
    return sameFor >= 10;
  };
  await vi.waitUntil(isStill, { timeout: 20_000, interval: 20 });
}
