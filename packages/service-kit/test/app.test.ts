import http from 'node:http';
import { describe, expect, test } from 'vitest';
import { exchange, testApp } from './fixtures.js';

async function json(response: Response) {
  return (await response.json()) as Record<string, unknown>;
}

describe('what every process answers', () => {
  test('health, liveness, and readiness by its phase', async () => {
    const { url, lifecycle } = await testApp();
    expect(await json(await fetch(`${url}/health`))).toEqual({ status: 'healthy', service: 'service1' });
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    expect((await fetch(`${url}/health/ready`)).status).toBe(503);
    lifecycle.phase = 'ready';
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    lifecycle.phase = 'draining';
    expect((await fetch(`${url}/health/ready`)).status).toBe(503);
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });

  test('metrics with the process’s identity, and its OpenAPI document', async () => {
    const { url } = await testApp();
    await fetch(`${url}/work`, { method: 'POST', body: 'x' });
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toMatch(/http_request_duration_seconds_count\{.*route="\/work".*instance_name="service1a".*\} 1/);
    expect(metrics).toMatch(/http_request_duration_seconds_bucket\{le="\+Inf",route="\/work".*\} 1/);
    const document = await json(await fetch(`${url}/openapi.json`));
    expect(document).toMatchObject({ openapi: '3.1.0', paths: { '/process': {} } });
  });
});

describe('request ids', () => {
  test('the caller’s comes back if it may stand in a header; else a new one', async () => {
    const { url } = await testApp();
    const ask = async (id: string) =>
      (await fetch(`${url}/health`, { headers: { 'x-request-id': id } })).headers.get('x-request-id');
    expect(await ask('abc.DEF-1~:_')).toBe('abc.DEF-1~:_');
    for (const unsafe of ['a b', 'ü', 'x'.repeat(129), 'a/b']) expect(await ask(unsafe)).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('bad requests get a problem response, and the next request works', () => {
  const problem = { 'content-type': expect.stringContaining('application/problem+json') };

  test.each([
    ['unknown route', 'GET', '/nothing', 404, 'FLT_ROUTE_NOT_FOUND'],
    ['wrong method', 'DELETE', '/work', 405, 'FLT_METHOD_NOT_ALLOWED'],
    ['a path that cannot be decoded', 'GET', '/%zz', 400, 'FLT_MALFORMED_HTTP'],
    ['a path that reads like a pattern', 'GET', '/:a(', 404, 'FLT_ROUTE_NOT_FOUND'],
  ])('%s', async (_name, method, path, status, code) => {
    const { url } = await testApp();
    const response = await fetch(url + path, { method });
    expect(response.status).toBe(status);
    expect(Object.fromEntries(response.headers)).toMatchObject(problem);
    expect(await json(response)).toMatchObject({ code, status });
    if (status === 405) expect(response.headers.get('allow')).toBe('POST');
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });

  test('a body over the limit; the connection lives on', async () => {
    const { url, app } = await testApp();
    let connections = 0;
    app.server.on('connection', () => connections++);
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const send = (bytes: number) =>
      new Promise<number | undefined>((resolve, reject) => {
        const request = http.request(`${url}/work`, { method: 'POST', agent }, (response) => {
          response.resume().on('end', () => resolve(response.statusCode));
        });
        request.on('error', reject).end(Buffer.alloc(bytes));
      });
    expect(await send(5_000_000)).toBe(413);
    expect(await send(10)).toBe(200);
    expect(connections).toBe(1);
    agent.destroy();
  });

  test('a body cut short', async () => {
    const { port } = await testApp();
    const answer = await exchange(port, 'POST /work HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nhalf');
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('FLT_BODY_INCOMPLETE');
  });

  test.each([
    ['ten thousand headers', `${'a: b\r\n'.repeat(10_000)}`, 431, 'FLT_HEADERS_TOO_LARGE'],
    ['more headers than the limit', `${'a: b\r\n'.repeat(101)}`, 431, 'FLT_HEADERS_TOO_LARGE'],
    ['one header that is too large', `a: ${'b'.repeat(20_000)}\r\n`, 431, 'FLT_HEADERS_TOO_LARGE'],
    ['a header without a colon', 'no header\r\n', 400, 'FLT_MALFORMED_HTTP'],
    ['both lengths', 'content-length: 5\r\ntransfer-encoding: chunked\r\n', 400, 'FLT_MALFORMED_HTTP'],
  ])('%s', async (_name, headers, status, code) => {
    const { port, url } = await testApp();
    const answer = await exchange(port, `POST /work HTTP/1.1\r\nhost: x\r\n${headers}\r\n`);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer).toContain(code);
    expect((await fetch(`${url}/health`)).status).toBe(200);
  });

  test('no Host', async () => {
    const { port } = await testApp();
    expect(await exchange(port, 'GET /health HTTP/1.1\r\n\r\n')).toContain('FLT_MALFORMED_HTTP');
  });

  test('headers that do not end in time', async () => {
    const { port } = await testApp({ FLOTILLA_HEADERS_TIMEOUT_MS: '50' });
    const net = await import('node:net');
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = net.connect(port, '127.0.0.1', () => socket.write('GET /health HTTP/1.1\r\nhost: x\r\n'));
      socket.on('data', (chunk) => resolve(chunk.toString()));
      socket.on('error', reject);
    });
    expect(answer).toContain('FLT_REQUEST_TIMEOUT');
  });
});

describe('the log', () => {
  test('one line per request, with who, what and how long', async () => {
    const { url, lines } = await testApp();
    await fetch(`${url}/work`, { method: 'POST', body: 'very private words', headers: { 'x-request-id': 'id-1' } });
    await expect.poll(() => lines.length).toBeGreaterThan(1);
    const requests = lines.map((line) => JSON.parse(line)).filter((line) => line.msg === 'request');
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({ request_id: 'id-1', route: '/work', method: 'POST', status: 200 });
    expect(requests[0].duration_ms).toBeGreaterThan(0);
  });

  test('an unexpected error is told without its message, which may quote the text', async () => {
    const { url, lines } = await testApp();
    const response = await fetch(`${url}/broken`, { method: 'POST', body: 'x' });
    expect(response.status).toBe(500);
    const body = await response.text();
    expect(JSON.parse(body)).toMatchObject({ code: 'FLT_INTERNAL' });
    await expect.poll(() => lines.join('')).toContain('unexpected error');
    expect(lines.join('')).toContain('SyntaxError');
    expect(lines.join('') + body).not.toContain('secret');
  });
});
