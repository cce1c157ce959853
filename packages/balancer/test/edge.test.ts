import type http from 'node:http';
import net from 'node:net';
import { describe, expect, test } from 'vitest';
import { balancer, deadPort, echo, instance, rawInstance, waitFor } from './fixtures.js';

const CHECKS = { FLOTILLA_HEALTH_INTERVAL_MS: '20', FLOTILLA_HEALTH_TIMEOUT_MS: '1000' };

/** An instance whose answer to checks and requests can be changed as it goes. */
function controlled(name: string) {
  const conduct = { isReady: true, isHung: false, delayMs: 0 };
  const port = instance((request, response) => {
    request.resume();
    if (conduct.isHung) return;
    if (request.url === '/health/ready') response.writeHead(conduct.isReady ? 200 : 503).end();
    else setTimeout(() => response.end(name), conduct.delayMs);
  });
  return port.then((each) => ({ conduct, port: each }));
}

describe('active health', () => {
  test('one that is not ready is asked no more; one that is ready again is', async () => {
    const [a, b] = await Promise.all([controlled('a'), controlled('b')]);
    const { post, stats } = await balancer([a.port, b.port], { ...CHECKS, FLOTILLA_SLOW_START_MS: '0' });
    await waitFor(async () => (await stats()).stats['a:1']?.health === 'healthy');
    a.conduct.isReady = false;
    await waitFor(async () => (await stats()).stats['a:1']?.state === 'unhealthy');
    const before = await stats();
    for (let n = 0; n < 6; n++) expect(await (await post('{}')).text()).toBe('b');
    expect((await stats()).stats['a:1']?.requests).toBe(before.stats['a:1']?.requests);
    a.conduct.isReady = true;
    await waitFor(async () => (await stats()).stats['a:1']?.state === 'usable');
    const answers = new Set<string>();
    for (let n = 0; n < 4; n++) answers.add(await (await post('{}')).text());
    expect(answers).toEqual(new Set(['a', 'b']));
  });

  test('a request on one that has gone silent moves to another', async () => {
    const [a, b] = await Promise.all([controlled('a'), controlled('b')]);
    const { post, stats } = await balancer([a.port, b.port], CHECKS);
    await waitFor(async () => (await stats()).stats['a:1']?.health === 'healthy');
    a.conduct.isHung = true;
    const answers = await Promise.all([post('{}'), post('{}')]);
    expect(await Promise.all(answers.map((answer) => answer.text()))).toEqual(['b', 'b']);
    const { stats: counts, totals } = await stats();
    expect(totals.moved_tries).toBe(1);
    expect(counts['a:1']).toMatchObject({ errors: 1, in_flight: 0 });
  });

  test('a request on one that says it is not ready stays there: it is only drained', async () => {
    const [a, b] = await Promise.all([controlled('a'), controlled('b')]);
    const { post, stats } = await balancer([a.port, b.port], CHECKS);
    await waitFor(async () => (await stats()).stats['a:1']?.health === 'healthy');
    Object.assign(a.conduct, { isReady: false, delayMs: 300 });
    const answers = await Promise.all([post('{}'), post('{}')]);
    expect((await Promise.all(answers.map((answer) => answer.text()))).sort()).toEqual(['a', 'b']);
    expect((await stats()).stats['a:1']).toMatchObject({ state: 'unhealthy', errors: 0 });
  });
});

describe('passive health', () => {
  test('five failures in a row eject; the others go on; /metrics tells', async () => {
    const bad = await instance((request, response) => request.resume().on('end', () => response.writeHead(500).end()));
    const { post, stats, url } = await balancer([bad, await echo('b')]);
    for (let n = 0; n < 12; n++) expect((await post('{}')).status).toBe(200);
    const { stats: counts, panic } = await stats();
    expect(counts['a:1']).toMatchObject({ requests: 5, errors: 5, state: 'ejected', ejections: { failures: 1 } });
    expect(counts['a:1']?.ejected).toMatchObject({ reason: 'failures' });
    expect(panic).toBe(false);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toMatch(/^upstream_ejections_total\{instance="a:1",reason="failures",.*\} 1$/m);
    expect(metrics).toMatch(/^upstream_requests_total\{instance="a:1",outcome="server_error",.*\} 5$/m);
    expect(metrics).toMatch(/^upstream_request_duration_seconds_count\{instance="b:1",.*\} 12$/m);
  });
});

describe('limits', () => {
  const held = () => {
    const waiting: http.ServerResponse[] = [];
    const port = instance((request, response) => {
      request.resume();
      waiting.push(response);
    });
    return { waiting, port };
  };

  test('what finds no room waits, first come first served; what finds no room to wait is refused', async () => {
    const { waiting, port } = held();
    const limits = { FLOTILLA_MAX_IN_FLIGHT: '1', FLOTILLA_MAX_PENDING: '1' };
    const { post, stats } = await balancer([await port], limits);
    const first = post('{}');
    await waitFor(() => waiting.length === 1);
    const second = post('{}');
    await waitFor(async () => (await stats()).queue?.pending === 1);
    const third = await post('{}');
    expect(third.status).toBe(503);
    expect(Number(third.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await third.json()).toMatchObject({ code: 'FLT_OVERLOADED' });
    waiting[0]?.end('one');
    expect(await (await first).text()).toBe('one');
    await waitFor(() => waiting.length === 2);
    waiting[1]?.end('two');
    expect(await (await second).text()).toBe('two');
    expect((await stats()).totals).toMatchObject({ client_requests: 2, queued: 1, refused: 1, queue_timeouts: 0 });
  });

  test('a request that waits too long is refused; one that leaves the queue leaves no trace', async () => {
    const { waiting, port } = held();
    const limits = { FLOTILLA_MAX_IN_FLIGHT: '1', FLOTILLA_QUEUE_TIMEOUT_MS: '2500' };
    const { post, stats } = await balancer([await port], limits);
    const first = post('{}');
    await waitFor(() => waiting.length === 1);
    const left = new AbortController();
    const second = post('{}', { signal: left.signal }).catch(() => 'left');
    await waitFor(async () => (await stats()).queue?.pending === 1);
    left.abort();
    expect(await second).toBe('left');
    await waitFor(async () => (await stats()).queue?.pending === 0);
    expect((await post('{}')).status).toBe(503);
    waiting[0]?.end();
    expect((await first).status).toBe(200);
    expect((await stats()).totals).toMatchObject({ queue_timeouts: 1, client_requests: 1 });
  });
});

describe('time', () => {
  test('what is left of a request’s time is passed on, and kept', async () => {
    const seen: http.IncomingMessage[] = [];
    const { post } = await balancer([await echo('a', seen)]);
    await post('{}', { headers: { 'x-request-deadline-ms': '5000' } });
    await post('{}', { headers: { 'x-request-deadline-ms': 'soon' } });
    const left = seen.map(({ headers }) => Number(headers['x-request-deadline-ms']));
    expect(left[0]).toBeLessThanOrEqual(5000);
    expect(left[0]).toBeGreaterThan(3000);
    expect(left[1]).toBeGreaterThan(250_000);
    const hung = await balancer([await instance((request) => request.resume())]);
    const late = await hung.post('{}', { headers: { 'x-request-deadline-ms': '30' } });
    expect(late.status).toBe(504);
  });

  test('a client that stops in the middle of its body: 408 after the longest pause', async () => {
    const { port, stats } = await balancer([await echo('a')], { FLOTILLA_PROGRESS_TIMEOUT_MS: '100' });
    const socket = net.connect(port, '127.0.0.1');
    const answer = new Promise<string>((resolve) => socket.once('data', (chunk) => resolve(chunk.toString())));
    socket.write('POST /process HTTP/1.1\r\nhost: x\r\ncontent-length: 300000\r\n\r\n');
    socket.write(Buffer.alloc(100_000));
    expect(await answer).toMatch(/^HTTP\/1\.1 408 /);
    socket.destroy();
    await waitFor(async () => (await stats()).stats['a:1']?.in_flight === 0);
    expect((await stats()).stats['a:1']?.errors).toBe(0);
  });
});

describe('a second try beside a slow one', () => {
  test('the first answer wins, and the other try is cancelled', async () => {
    let aborted = 0;
    let waiting = 0;
    let isSlow = false;
    const slow = await instance((request, response) => {
      request.resume();
      if (isSlow) {
        waiting++;
        response.on('close', () => aborted++);
      } else response.end('a');
    });
    const { post, stats } = await balancer([slow, await echo('b')], { FLOTILLA_HEDGE_PERCENT: '95' });
    await waitFor(async () => {
      for (let n = 0; n < 20; n++) await (await post('{}')).text();
      return typeof (await stats()).hedge_delay_ms === 'number';
    });
    isSlow = true;
    for (let n = 0; n < 2; n++) expect(await (await post('{}')).json()).toMatchObject({ name: 'b' });
    // One or both: a second try takes a turn as well.
    expect(waiting).toBeGreaterThan(0);
    await waitFor(() => aborted === waiting);
    const { stats: counts, totals } = await stats();
    expect(totals.hedges).toBeGreaterThan(0);
    expect(totals).toMatchObject({ cancelled: 0, exhausted: 0 });
    expect(counts['a:1']).toMatchObject({ errors: 0, in_flight: 0 });
  });
});

describe('connections', () => {
  test('one that the instance has just closed is no failure: the request goes out on a new one', async () => {
    let connections = 0;
    const closing = await rawInstance((socket) => {
      connections++;
      let requests = 0;
      socket.on('data', () => {
        // The second request on a connection is met by its end, as in a race with a keep-alive time-out.
        if (++requests > 1) socket.destroy();
        else socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
      });
    });
    const { post, stats } = await balancer([closing]);
    for (let n = 0; n < 3; n++) expect(await (await post('{}')).text()).toBe('ok');
    expect(connections).toBe(3);
    expect((await stats()).stats['a:1']).toMatchObject({ requests: 3, errors: 0 });
  });

  test('an answer that comes before the request’s end goes out, and its connection is not used again', async () => {
    let connections = 0;
    const early = await rawInstance((socket) => {
      connections++;
      socket.once('data', () => socket.write('HTTP/1.1 413 Too Large\r\ncontent-length: 2\r\n\r\nno'));
    });
    const { port } = await balancer([early]);
    const ask = () =>
      new Promise<string>((resolve) => {
        const socket = net.connect(port, '127.0.0.1');
        socket.write('POST /process HTTP/1.1\r\nhost: x\r\ncontent-length: 300000\r\n\r\n');
        socket.write(Buffer.alloc(100_000));
        socket.once('data', (chunk) => {
          resolve(chunk.toString());
          socket.destroy();
        });
        socket.on('error', () => {});
      });
    expect(await ask()).toMatch(/^HTTP\/1\.1 413 /);
    expect(await ask()).toMatch(/^HTTP\/1\.1 413 /);
    expect(connections).toBe(2);
  });

  test('no more than the limit; the others wait for one', async () => {
    const seen = new Set<net.Socket>();
    const counting = await instance((request, response) => {
      seen.add(request.socket);
      request.resume().on('end', () => setTimeout(() => response.end('x'), 5));
    });
    const { post } = await balancer([counting], { FLOTILLA_MAX_CONNECTIONS: '2' });
    const answers = await Promise.all(Array.from({ length: 10 }, () => post('{}')));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(seen.size).toBe(2);
  });
});

describe('later tries', () => {
  test('after all could not be reached, they are asked again, a little later', async () => {
    const { post, stats } = await balancer([await deadPort(), await deadPort()]);
    expect((await post('{}')).status).toBe(503);
    expect((await stats()).totals).toMatchObject({ client_requests: 1, retries: 4, later_tries: 3, exhausted: 1 });
  });
});

describe('fields', () => {
  const raw = (port: number, text: string) =>
    new Promise<string>((resolve) => {
      const socket = net.connect(port, '127.0.0.1');
      let received = '';
      socket.on('data', (chunk) => {
        received += chunk.toString('latin1');
      });
      socket.on('close', () => resolve(received));
      socket.write(text);
    });

  test('trailers go both ways; those that could do harm do not', async () => {
    let trailers: NodeJS.Dict<string> = {};
    const port = await instance((request, response) => {
      request.resume().on('end', () => {
        trailers = request.trailers;
        response.writeHead(200, { trailer: 'x-sum' });
        response.write('hello');
        response.addTrailers({ 'x-sum': '5', host: 'elsewhere' });
        response.end();
      });
    });
    const { port: balancerPort } = await balancer([port]);
    const body = '2\r\n{}\r\n0\r\nx-check: 1\r\nhost: elsewhere\r\n\r\n';
    const answer = await raw(
      balancerPort,
      `POST /process HTTP/1.1\r\nhost: x\r\nconnection: close\r\ntrailer: x-check\r\ntransfer-encoding: chunked\r\n\r\n${body}`,
    );
    expect(trailers).toEqual({ 'x-check': '1' });
    expect(answer).toMatch(/\r\n\r\n5\r\nhello\r\n0\r\nx-sum: 5\r\n\r\n$/);
  });

  test('an answer with a length among its trailers is malformed, and fails the instance', async () => {
    const port = await instance((request, response) => {
      request.resume().on('end', () => {
        response.writeHead(200, { trailer: 'x-sum' });
        response.write('hello');
        response.addTrailers({ 'content-length': '7' });
        response.end();
      });
    });
    const { post } = await balancer([port]);
    const answer = await post('{}');
    expect(answer.status).toBe(502);
    expect(await answer.json()).toMatchObject({ code: 'FLT_INSTANCES_FAILED' });
  });

  test('the address of the client and this hop are added to the forwarding fields that were there', async () => {
    const seen: http.IncomingMessage[] = [];
    const { post, url } = await balancer([await echo('a', seen)]);
    const answer = await post('{}', { headers: { 'x-forwarded-for': '10.1.2.3', via: '1.0 front' } });
    expect(answer.headers.get('via')).toBe('1.1 service1-loadbalancer');
    expect(seen[0]?.headers).toMatchObject({
      via: '1.0 front, 1.1 service1-loadbalancer',
      'x-forwarded-for': '10.1.2.3, 127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': new URL(url).host,
      forwarded: `for=127.0.0.1;host="${new URL(url).host}";proto=http`,
    });
  });
});

describe('the three ways to the route', () => {
  test('the direct one, Node’s and the framework’s answer alike', async () => {
    const { url } = await balancer([await echo('a')], { FLOTILLA_MAX_BODY_BYTES: '100' });
    const ask = async (path: string, text: string, isStream = false) => {
      const body = isStream ? new Blob([text]).stream() : text;
      const headers = { 'x-request-id': 'same', 'content-type': 'application/json' };
      const init = { method: 'POST', body, headers, duplex: 'half' } as RequestInit;
      const response = await fetch(url + path, init);
      const answered = Object.fromEntries(response.headers);
      return { status: response.status, headers: { ...answered, date: '' }, body: await response.json() };
    };
    for (const text of ['{}', 'x'.repeat(101)]) {
      const direct = await ask('/process', text);
      // Chunks are Node's to read, and what is escaped is the framework's.
      expect(await ask('/process', text, true)).toEqual(direct);
      expect(await ask('/%70rocess', text)).toEqual(direct);
    }
    expect((await ask('/process/', '{}')).status).toBe(404);
    expect((await fetch(`${url}/process`)).status).toBe(405);
  });
});
