import http from 'node:http';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { stageBefore } from './fixtures.js';
import { transports } from './transports.js';

/** What the next stage was sent. */
interface Asked {
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** A stage that hands on what it gets, in front of one that tells what it was sent. */
async function stage(env: Record<string, string> = {}) {
  const asked: Asked[] = [];
  const next = http.createServer((request, response) => {
    let body = '';
    request.setEncoding('latin1').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('error', () => {});
    request.on('end', () => {
      if (request.method === 'POST') asked.push({ headers: request.headers, body });
      response.end('{}');
    });
  });
  const port = await stageBefore(next, env);
  return { asked, port };
}

const JSON_TYPE = { 'content-type': 'application/json' };
const PLAIN_TYPE = { 'content-type': 'text/plain; charset=utf-8' };
const BODY = Buffer.from('{"text":"a a"}');
const LONG = Buffer.from('two words and a third, '.repeat(50_000));

describe.each(transports)('a packed body, %s', (_name, post) => {
  test.each([
    ['JSON', JSON_TYPE, BODY, 'gzip'],
    ['JSON, under its older name', JSON_TYPE, BODY, 'X-GZIP'],
    ['JSON, with codings that change nothing', JSON_TYPE, BODY, 'identity, gzip,'],
    ['a text', PLAIN_TYPE, Buffer.from('a a'), 'gzip'],
    ['a long text', PLAIN_TYPE, LONG, 'gzip'],
    ['JSON that is long', JSON_TYPE, Buffer.from(JSON.stringify({ text: LONG.toString() })), 'gzip'],
  ])('%s goes on as it was before it was packed', async (_what, type, body, coding) => {
    const { asked, port } = await stage();
    // Two members, of which the second one may hold up the first.
    const half = body.length >> 1;
    const packed = Buffer.concat([gzipSync(body.subarray(0, half)), gzipSync(body.subarray(half))]);
    const told = await post(port, '/process', { ...type, 'content-encoding': coding }, packed);
    expect(told.status).toBe(200);
    expect(told.fields['content-encoding']).toBeUndefined();
    expect(asked).toHaveLength(1);
    expect(asked[0]?.body === body.toString('latin1')).toBe(true);
    expect(asked[0]?.headers['content-encoding']).toBeUndefined();
    expect(asked[0]?.headers['content-length'] ?? `${body.length}`).toBe(`${body.length}`);
  });

  test.each([
    ['br', brotliCompressSync(BODY)],
    ['deflate', BODY],
    ['gzip, gzip', gzipSync(gzipSync(BODY))],
    ['gzip;q=1', gzipSync(BODY)],
  ])('in %s is refused, with what is taken', async (coding, body) => {
    const { asked, port } = await stage();
    const told = await post(port, '/process', { ...JSON_TYPE, 'content-encoding': coding }, body);
    expect(told.status).toBe(415);
    expect(told.body).toContain('FLT_UNSUPPORTED_ENCODING');
    expect(told.fields['accept-encoding']).toBe('gzip, identity');
    expect(asked).toEqual([]);
  });

  test.each([
    ['no gzip', BODY],
    ['gzip that is cut off', gzipSync(LONG).subarray(0, -9)],
    ['gzip with something after it', Buffer.concat([gzipSync(BODY), BODY])],
    ['nothing', Buffer.alloc(0)],
  ])('that is %s is refused', async (_what, body) => {
    const { port } = await stage();
    const told = await post(port, '/process', { ...PLAIN_TYPE, 'content-encoding': 'gzip' }, body);
    expect(told.status).toBe(400);
    expect(told.body).toContain('FLT_INVALID_ENCODING');
  });

  test.each([
    ['JSON', JSON_TYPE, 'FLOTILLA_MAX_BODY_BYTES'],
    ['a text', PLAIN_TYPE, 'FLOTILLA_MAX_STREAM_BYTES'],
  ])('%s that unpacks to more than the limit is refused', async (_what, type, setting) => {
    const { port } = await stage({ FLOTILLA_MAX_BODY_BYTES: '1000000', FLOTILLA_MAX_STREAM_BYTES: '1000000' });
    const packed = gzipSync(Buffer.alloc(64 * 1024 * 1024, ' '));
    const told = await post(port, '/process', { ...type, 'content-encoding': 'gzip' }, packed);
    expect(told.status).toBe(413);
    expect(told.body).toContain(`1000000 bytes here (${setting})`);
  });
});
