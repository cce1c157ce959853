import type http from 'node:http';
import { describe, expect, test } from 'vitest';
import { balancer, instance } from './fixtures.js';
import { framed, METHOD } from './rpc-fixtures.js';

const TYPE = 'application/grpc-web+proto';
/** Of the frame that a body of gRPC-Web ends with. */
const TRAILERS = 0x80;

/** An instance that answers by gRPC-Web, over HTTP/1.1, with this status behind a message. */
function webInstance(status: number, name: string, extra = '', head: Record<string, string> = {}): Promise<number> {
  return instance((request, response) => {
    request.resume();
    request.on('end', () => {
      const end = framed(`grpc-status: ${status}\r\n${extra}`, TRAILERS);
      response.writeHead(200, { 'content-type': TYPE, ...head }).end(Buffer.concat([framed(name), end]));
    });
  });
}

function callByWeb(url: string, headers: Record<string, string> = {}): Promise<Response> {
  const body = new Uint8Array(framed('question'));
  return fetch(`${url}${METHOD}`, { method: 'POST', body, headers: { 'content-type': TYPE, ...headers } });
}

async function textOf(response: Response): Promise<string> {
  return Buffer.from(await response.arrayBuffer()).toString('latin1');
}

describe('gRPC-Web over HTTP/1.1', () => {
  test.each([8, 13, 14, 15])('status %i at the end of a body: the next instance answers', async (status) => {
    const { url, stats } = await balancer([await webInstance(status, 'a'), await webInstance(0, 'b')]);
    const response = await callByWeb(url);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(TYPE);
    expect(await textOf(response)).toBe(
      Buffer.concat([framed('b'), framed('grpc-status: 0\r\n', TRAILERS)]).toString('latin1'),
    );
    const { stats: counts } = await stats();
    expect(counts['a:1']).toMatchObject({ requests: 1, errors: 1 });
    expect(counts['b:1']).toMatchObject({ requests: 1, errors: 0 });
  });

  test.each([
    [3, ''],
    [14, 'x-failed-stage: service3\r\n'],
    [8, 'x-flotilla-code: FLT_BODY_TOO_LARGE\r\n'],
  ])('status %i with %j goes to the client as it is', async (status, extra) => {
    const { url, stats } = await balancer([await webInstance(status, 'a', extra), await webInstance(0, 'b')]);
    expect(await textOf(await callByWeb(url))).toContain(`grpc-status: ${status}\r\n${extra}`);
    expect((await stats()).stats['a:1']).toMatchObject({ requests: 1, errors: 0 });
    expect((await stats()).totals).toMatchObject({ retries: 0 });
  });

  test('an answer without its last part was cut off: the next instance answers', async () => {
    const cut: http.RequestListener = (request, response) => {
      request.resume();
      request.on('end', () => response.writeHead(200, { 'content-type': TYPE }).end(framed('a')));
    };
    const { url, stats } = await balancer([await instance(cut), await webInstance(0, 'b')]);
    expect(await textOf(await callByWeb(url))).toContain('grpc-status: 0');
    expect((await stats()).stats['a:1']).toMatchObject({ requests: 1, errors: 1 });
  });
});

describe('pages of other origins', () => {
  const ORIGIN = 'https://app.example.org';
  const asked = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' };
  const ask = (url: string, origin: string) =>
    fetch(`${url}${METHOD}`, { method: 'OPTIONS', headers: { ...asked, origin } });

  test('may not call unless they are told that they may', async () => {
    const { url } = await balancer([await webInstance(0, 'a')]);
    const preflight = await ask(url, ORIGIN);
    expect(preflight.status).not.toBe(204);
    const response = await callByWeb(url, { origin: ORIGIN });
    expect(response.status).toBe(200);
    for (const { headers } of [preflight, response]) {
      expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });

  test('that are allowed may ask, call, and read the answer', async () => {
    const { url } = await balancer([await webInstance(0, 'a')], {
      FLOTILLA_CORS_ORIGINS: `https://b.example,${ORIGIN}`,
    });
    const preflight = await ask(url, ORIGIN);
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(preflight.headers.get('access-control-allow-methods')).toBe('POST');
    expect(preflight.headers.get('access-control-allow-headers')).toContain('x-grpc-web');
    const response = await callByWeb(url, { origin: ORIGIN });
    expect(response.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(response.headers.get('access-control-expose-headers')).toContain('grpc-status');
    expect(response.headers.get('vary')).toContain('origin');
    expect(await textOf(response)).toContain('grpc-status: 0');
  });

  test('that are not allowed get no leave, whatever they ask', async () => {
    const { url } = await balancer([await webInstance(0, 'a')], { FLOTILLA_CORS_ORIGINS: ORIGIN });
    for (const origin of ['https://evil.example', 'null', `${ORIGIN}.evil.example`]) {
      for (const response of [await ask(url, origin), await callByWeb(url, { origin })]) {
        expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
        expect(response.headers.get('vary')).toContain('origin');
      }
    }
  });

  test('are told once, though the instance tells them too', async () => {
    const told = { 'access-control-allow-origin': '*', 'access-control-expose-headers': 'x-served-by', Vary: 'Origin' };
    const instance = await webInstance(0, 'a', '', told);
    const { url } = await balancer([instance], { FLOTILLA_CORS_ORIGINS: ORIGIN });
    const allowed = await callByWeb(url, { origin: ORIGIN });
    expect(allowed.headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(allowed.headers.get('access-control-expose-headers')).toMatch(/^grpc-status, [^*]*x-flotilla-code$/);
    expect(allowed.headers.get('vary')).toBe('origin');
    // The instance would let everybody read it; the balancer has a list.
    const refused = await callByWeb(url, { origin: 'https://evil.example' });
    expect(refused.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('may read errors that the balancer answers itself', async () => {
    const { url } = await balancer([await webInstance(14, 'a')], { FLOTILLA_CORS_ORIGINS: '*' });
    const response = await callByWeb(url, { origin: ORIGIN });
    expect(response.headers.get('grpc-status')).toBe('14');
    expect(response.headers.get('access-control-allow-origin')).toBe(ORIGIN);
  });
});
