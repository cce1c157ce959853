import http from 'node:http';
import net from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { balancer, deadPort, echo, instance, rawInstance, waitFor } from './fixtures.js';

const failing = (status: number, headers: Record<string, string> = {}) =>
  instance((request, response) => {
    request.resume();
    request.on('end', () => response.writeHead(status, headers).end('{"it":"failed"}'));
  });

describe('sharing out', () => {
  test('20 requests over 4 instances: 5 each, and /stats has the contract’s shape', async () => {
    const { post, stats } = await balancer(await Promise.all(['a', 'b', 'c', 'd'].map((name) => echo(name))));
    for (let n = 0; n < 20; n++) expect((await post('{}')).status).toBe(200);
    const result = await stats();
    expect(result.instances).toEqual(['a:1', 'b:1', 'c:1', 'd:1']);
    expect(Object.keys(result.stats)).toEqual(result.instances);
    for (const each of Object.values(result.stats))
      expect(each).toMatchObject({ requests: 5, errors: 0, in_flight: 0 });
    expect(result.totals).toMatchObject({ client_requests: 20, retries: 0, exhausted: 0, cancelled: 0 });
  });

  test.each(['weighted_round_robin', 'least_connections', 'random', 'p2c_ewma', 'consistent_hash'])(
    'by %s, where it is told to: all requests are answered, and counted',
    async (strategy) => {
      const ports = await Promise.all(['a', 'b', 'c', 'd'].map((name) => echo(name)));
      const { post, stats } = await balancer(ports, { FLOTILLA_STRATEGY: strategy });
      await Promise.all(Array.from({ length: 40 }, async () => expect((await post('{}')).status).toBe(200)));
      const result = await stats();
      const counts = Object.values(result.stats);
      expect(counts.reduce((sum, each) => sum + each.requests, 0)).toBe(40);
      expect(counts.filter((each) => each.requests > 0).length).toBeGreaterThan(1);
      expect(result.totals).toMatchObject({ client_requests: 40, retries: 0 });
    },
  );

  test('/stats tells how long an instance takes', async () => {
    const { post, stats } = await balancer([await echo('a')]);
    expect((await stats()).stats['a:1']?.latency_ms).toBeNull();
    await post('{}');
    const latency = (await stats()).stats['a:1']?.latency_ms;
    expect(latency?.p50).toBeGreaterThan(0);
    expect(latency?.p99).toBeGreaterThanOrEqual(latency?.p50 ?? Number.NaN);
  });

  test('connections to an instance are used again', async () => {
    const seen: http.IncomingMessage[] = [];
    const { post } = await balancer([await echo('a', seen)]);
    for (let n = 0; n < 10; n++) await (await post('{}')).text();
    expect(new Set(seen.map((request) => request.socket)).size).toBe(1);
  });
});

describe('fail-over to the next instance', () => {
  const resetAtOnce = () => rawInstance((socket) => socket.on('data', () => socket.resetAndDestroy()));
  const resetInHeader = () => rawInstance((socket) => socket.on('data', () => socket.end('HTTP/1.1 200 OK\r\ncont')));
  const resetInBody = () =>
    rawInstance((socket) => socket.on('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"par')));
  const nonsense = () => rawInstance((socket) => socket.on('data', () => socket.end('I speak no HTTP\r\n\r\n')));
  const faults: [string, () => Promise<number>][] = [
    ['refused', deadPort],
    ['answers 500', () => failing(500)],
    ['answers 503', () => failing(503)],
    ['reset before an answer', resetAtOnce],
    ['broken in the header', resetInHeader],
    ['broken in a short body', resetInBody],
    ['no HTTP', nonsense],
  ];

  test.each(faults)('%s', async (_name, faulty) => {
    const { post, stats } = await balancer([await faulty(), await echo('b')]);
    for (let n = 0; n < 4; n++) {
      const response = await post('{"text":"x"}');
      expect(response.status).toBe(200);
      expect(await response.json()).toEqual({ name: 'b', bytes: 12 });
    }
    const { stats: counts, totals } = await stats();
    expect(counts['a:1']?.errors).toBe(counts['a:1']?.requests);
    expect(counts['b:1']).toMatchObject({ requests: 4, errors: 0 });
    expect(totals.retries).toBe(counts['a:1']?.requests);
  });

  test('no answer in time', async () => {
    const { post, stats } = await balancer([await instance(() => {}), await echo('b')], {
      FLOTILLA_TRY_TIMEOUT_MS: '100',
    });
    expect(await (await post('{}')).json()).toMatchObject({ name: 'b' });
    expect((await stats()).stats['a:1']).toMatchObject({ requests: 1, errors: 1, in_flight: 0 });
  });

  test('a large body goes again from its beginning', async () => {
    const halfway = await rawInstance((socket) => {
      let bytes = 0;
      socket.on('data', (chunk) => {
        bytes += chunk.length;
        if (bytes > 3_000_000) socket.resetAndDestroy();
      });
    });
    const { post } = await balancer([halfway, await echo('b')]);
    expect(await (await post(Buffer.alloc(8_000_000, 'x'))).json()).toEqual({ name: 'b', bytes: 8_000_000 });
  });

  test('a body past the replay limit still moves on from an instance that cannot be reached', async () => {
    const { post } = await balancer([await deadPort(), await echo('b')], { FLOTILLA_MAX_REPLAY_BYTES: '100000' });
    expect(await (await post(Buffer.alloc(2_000_000))).json()).toEqual({ name: 'b', bytes: 2_000_000 });
  });

  test('a body past the replay limit passes, but is not sent twice', async () => {
    const env = { FLOTILLA_MAX_REPLAY_BYTES: '100000' };
    const whole = await balancer([await echo('a')], env);
    expect(await (await whole.post(Buffer.alloc(2_000_000))).json()).toMatchObject({ bytes: 2_000_000 });
    const { post, stats } = await balancer([await failing(500), await echo('b')], env);
    const response = await post(Buffer.alloc(2_000_000));
    expect(response.status).toBe(502);
    expect((await stats()).stats['b:1']?.requests).toBe(0);
  });
});

describe('what goes to the client as it is', () => {
  test('a 4xx: no retry, no error of the instance', async () => {
    const { post, stats } = await balancer([await failing(422), await echo('b')]);
    const response = await post('{}');
    expect(response.status).toBe(422);
    expect(await response.json()).toEqual({ it: 'failed' });
    const { stats: counts, totals } = await stats();
    expect(counts['a:1']).toMatchObject({ requests: 1, errors: 0 });
    expect(totals.retries).toBe(0);
  });

  test('a failure further down: no retry, no error of the instance', async () => {
    const failed = () => failing(503, { 'x-failed-stage': 'service4' });
    const { post, stats } = await balancer([await failed(), await failed()]);
    const response = await post('{}');
    expect(response.status).toBe(503);
    expect(response.headers.get('x-failed-stage')).toBe('service4');
    expect(await response.json()).toEqual({ it: 'failed' });
    const { stats: counts, totals } = await stats();
    expect(counts['a:1']).toMatchObject({ requests: 1, errors: 0 });
    expect(counts['b:1']).toMatchObject({ requests: 0, errors: 0 });
    expect(totals).toMatchObject({ retries: 0, exhausted: 0 });
  });

  test('an answer larger than what is held back', async () => {
    const big = await instance((request, response) => {
      request.resume();
      for (let n = 0; n < 100; n++) response.write(Buffer.alloc(50_000, n));
      response.end();
    });
    const { post } = await balancer([big]);
    const received = Buffer.from(await (await post('{}')).arrayBuffer());
    expect(received.equals(Buffer.concat(Array.from({ length: 100 }, (_, n) => Buffer.alloc(50_000, n))))).toBe(true);
  });

  test('headers, but not those of a connection', async () => {
    const seen: http.IncomingMessage[] = [];
    const { port } = await balancer([await echo('a', seen)]);
    const headers = {
      connection: 'close, x-mine',
      'x-mine': '1',
      'keep-alive': 'timeout=5',
      te: 'trailers',
      'x-yours': '2',
      'x-request-id': 'abc-1',
    };
    const answered = await new Promise<http.IncomingMessage>((resolve, reject) => {
      const request = http.request({
        port,
        host: '127.0.0.1',
        path: '/process?include=frequencies',
        method: 'POST',
        headers,
      });
      request.on('response', resolve).on('error', reject).end('{}');
    });
    answered.resume();
    expect(answered.headers['x-request-id']).toBe('abc-1');
    expect(seen[0]?.url).toBe('/process?include=frequencies');
    expect(seen[0]?.headers).toMatchObject({ 'x-yours': '2', 'x-request-id': 'abc-1' });
    for (const name of ['x-mine', 'keep-alive', 'te']) expect(seen[0]?.headers).not.toHaveProperty(name);
  });
});

describe('when all were tried', () => {
  test('none reachable: 503 that names the stage and every try', async () => {
    const { post, stats } = await balancer([await deadPort(), await deadPort()], { FLOTILLA_MAX_LATER_TRIES: '0' });
    const response = await post('{}');
    expect(response.status).toBe(503);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(response.headers.get('x-failed-stage')).toBe('service1');
    expect(await response.json()).toMatchObject({
      code: 'FLT_INSTANCES_UNREACHABLE',
      failed_stage: 'service1',
      attempts: [
        { instance: 'a:1', outcome: 'unreachable' },
        { instance: 'b:1', outcome: 'unreachable' },
      ],
    });
    expect((await stats()).totals).toMatchObject({ client_requests: 1, retries: 1, exhausted: 1, cancelled: 0 });
  });

  test('bad answers: 502', async () => {
    const { post } = await balancer([await failing(500), await failing(503)]);
    const response = await post('{}');
    expect(response.status).toBe(502);
    expect(await response.json()).toMatchObject({ code: 'FLT_INSTANCES_FAILED' });
  });

  test('no answers in time: 504', async () => {
    const silent = () => instance(() => {});
    const { post } = await balancer([await silent(), await silent()], { FLOTILLA_TRY_TIMEOUT_MS: '50' });
    const response = await post('{}');
    expect(response.status).toBe(504);
    expect(await response.json()).toMatchObject({ code: 'FLT_INSTANCES_TIMED_OUT' });
  });

  test('the time of the whole request is up: 504, and no further try', async () => {
    const silent = () => instance(() => {});
    const { post, stats } = await balancer([await silent(), await silent()], { FLOTILLA_REQUEST_TIMEOUT_MS: '100' });
    expect((await post('{}')).status).toBe(504);
    expect((await stats()).stats['b:1']?.requests).toBe(0);
  });
});

describe('answers that break off', () => {
  test('past what is held back, the client sees it break off too', async () => {
    const broken = await rawInstance((socket) =>
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n');
        socket.write(Buffer.alloc(300_000), () => socket.resetAndDestroy());
      }),
    );
    const { post, stats } = await balancer([broken, await echo('b')]);
    await expect(post('{}').then((response) => response.arrayBuffer())).rejects.toThrow();
    expect((await stats()).stats['a:1']).toMatchObject({ requests: 1, errors: 1, in_flight: 0 });
  });
});

test('a stream started on a connection that was closed behind an answer is sent again from its start on a new one', async () => {
  let connections = 0;
  const port = await rawInstance((socket) => {
    const isFirst = connections++ === 0;
    let answers = 0;
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      if (isFirst && answers === 1) socket.destroy();
      else if (text.endsWith('0\r\n\r\n') || text.endsWith('{}')) {
        answers++;
        socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${String(text.length).length}\r\n\r\n${text.length}`);
      }
    });
  });
  const { post, stats, errors } = await balancer([port]);
  expect((await post('{}')).status).toBe(200);
  let go: (() => void) | undefined;
  const body = new ReadableStream({
    start: (controller) => {
      controller.enqueue(Buffer.alloc(100_000));
      go = () => {
        controller.enqueue(Buffer.alloc(1000));
        controller.close();
      };
    },
  });
  const answer = post(body, { duplex: 'half' } as RequestInit);
  await waitFor(() => connections === 2);
  go?.();
  expect((await answer).status).toBe(200);
  expect(Number(await (await answer).text())).toBeGreaterThan(101_000);
  expect((await stats()).totals).toMatchObject({ retries: 0, exhausted: 0 });
  expect(errors).toEqual([]);
});

describe('a client that leaves', () => {
  test('while it waits: the work behind it is cancelled, and no instance is blamed', async () => {
    let cancelled = false;
    const slow = await instance((request, response) => {
      request.resume();
      response.on('close', () => {
        cancelled = true;
      });
    });
    const { post, stats } = await balancer([slow, await echo('b')]);
    const leaving = new AbortController();
    const answer = post('{}', { signal: leaving.signal });
    await waitFor(async () => (await stats()).stats['a:1']?.in_flight === 1);
    leaving.abort();
    await expect(answer).rejects.toThrow();
    await waitFor(() => cancelled);
    const { stats: counts, totals } = await stats();
    expect(counts['a:1']).toMatchObject({ requests: 1, errors: 0, in_flight: 0 });
    expect(totals).toMatchObject({ retries: 0, cancelled: 1 });
  });

  test('in the middle of its body: the instance never sees a whole request', async () => {
    let whole = false;
    let aborted = false;
    const reading = await instance((request) => {
      request.on('end', () => {
        whole = true;
      });
      request.on('error', () => {
        aborted = true;
      });
      request.resume();
    });
    const { port, stats } = await balancer([reading]);
    const socket = net.connect(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write('POST /process HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n30d40\r\n');
    socket.write(Buffer.alloc(200_000));
    await waitFor(async () => (await stats()).stats['a:1']?.in_flight === 1);
    socket.destroy();
    await waitFor(() => aborted);
    expect(whole).toBe(false);
    await waitFor(async () => (await stats()).stats['a:1']?.in_flight === 0);
    expect((await stats()).stats['a:1']?.errors).toBe(0);
  });
});

test('a packed body passes as bytes, and says so of itself', async () => {
  const seen: { headers: http.IncomingHttpHeaders; body: Buffer }[] = [];
  const port = await instance(async (request, response) => {
    seen.push({ headers: request.headers, body: await buffer(request) });
    response.end('{}');
  });
  const { post } = await balancer([port], { FLOTILLA_MAX_BODY_BYTES: '100000' });
  // What it unpacks to is not the balancer's to look at.
  for (const [coding, body] of [
    ['gzip', gzipSync(Buffer.alloc(10_000_000, 'a'))],
    ['br', Buffer.from('anything')],
  ] as const) {
    const headers = { 'content-type': 'application/json', 'content-encoding': coding };
    expect((await post(body, { headers })).status).toBe(200);
    const { headers: told, body: passed } = seen.pop() as (typeof seen)[number];
    expect(told).toMatchObject({ ...headers, 'content-length': `${body.length}` });
    expect(passed.equals(body)).toBe(true);
  }
});
