import { describe, expect, it } from 'vitest';
import { frameFlag } from '../src/frames/protocol.js';
import { errorCode, type RequestHead } from '../src/index.js';
import { FakeClient } from './fake-client.js';
import { ALL, data, GET, headers, literals, POST } from './frames.js';

/** All but the tab. */
const CONTROLS = Array.from({ length: 128 }, (_, n) => n).filter((n) => (n < 32 && n !== 9) || n === 127);

/** What is read of a request with these fields; undefined if it is refused. */
function headOf(...fields: readonly string[]): RequestHead | undefined {
  const client = new FakeClient();
  client.request(ALL, literals(...fields));
  return client.requests[0]?.head;
}

describe('a request', () => {
  it('has the authority as its host', () => {
    expect(headOf(...GET, 'x-a', 'b')).toEqual({
      ...{ method: 'GET', path: '/', bodyBytes: undefined },
      fields: ['x-a', 'b', 'host', 'here'],
    });
    expect(headOf(...GET, 'host', 'HERE')?.fields).toEqual(['host', 'HERE']);
    expect(headOf(...GET.slice(0, 6), 'host', 'there')?.fields).toEqual(['host', 'there']);
    expect(headOf(...GET.slice(0, 6))?.fields).toEqual([]);
  });

  it('has its cookies in one field, however its client has divided them', () => {
    const { fields } = headOf(...GET, 'cookie', 'a=1', 'x-a', 'b', 'cookie', 'b=2', 'cookie', 'c=3') as RequestHead;
    expect(fields).toEqual(['cookie', 'a=1; b=2; c=3', 'x-a', 'b', 'host', 'here']);
  });

  it('may have a field twice, values of any bytes, and trailers', () => {
    const own = ['x-a', 'b', 'x-a', '\xe9 \t\xff', 'x-empty', '', 'te', 'trailers'];
    expect(headOf(...GET, ...own)?.fields).toEqual([...own, 'host', 'here']);
  });

  it('may be about all of the server, and may ask for a tunnel', () => {
    expect(headOf(':method', 'OPTIONS', ':scheme', 'http', ':path', '*')).toMatchObject({
      method: 'OPTIONS',
      path: '*',
    });
    expect(headOf(':method', 'CONNECT', ':authority', 'there:80')).toMatchObject({
      method: 'CONNECT',
      path: 'there:80',
    });
  });
});

describe('a request that is malformed', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['no path', GET.filter((_, i) => i !== 4 && i !== 5)],
    ['an empty path', [':method', 'GET', ':scheme', 'http', ':path', '']],
    ['no method', GET.slice(2)],
    ['a path twice', [...GET.slice(0, 6), ':path', '/b']],
    ['a pseudo field that there is not', [...GET, ':colour', 'red']],
    ['the pseudo field of an answer', [...GET, ':status', '200']],
    ['a pseudo field behind others', ['accept', '*/*', ...GET]],
    ['upper case', [...GET, 'Accept', '*/*']],
    ['an empty name', [...GET, '', 'x']],
    ['a name with a space', [...GET, 'a b', 'x']],
    ['a value of two lines', [...GET, 'x-a', 'b\r\nc: d']],
    ['a value with a zero', [...GET, 'x-a', 'b\0']],
    ...CONTROLS.map((byte): [string, string[]] => [
      `a value with the byte ${byte}`,
      [...GET, 'x-a', `b${String.fromCharCode(byte)}c`],
    ]),
    ['a value with a space around it', [...GET, 'x-a', ' b']],
    ['a field of the connection', [...GET, 'connection', 'close']],
    ['a coding of its transfer', [...GET, 'transfer-encoding', 'chunked']],
    ['other trailers than it may take', [...GET, 'te', 'gzip']],
    ['two lengths', [...GET, 'content-length', '1', 'content-length', '2']],
    ['a length that is none', [...GET, 'content-length', '+1']],
    ['a length twice', [...GET, 'content-length', '0', 'content-length', '0']],
    ['a length that some read as octal', [...GET, 'content-length', '00']],
    ['a method that is none', [':method', 'GET /a', ...GET.slice(2)]],
    ['two hosts', [...GET, 'host', 'here', 'host', 'here']],
    ['another host than its authority', [...GET, 'host', 'there']],
    ['no scheme', [...GET.slice(0, 2), ...GET.slice(4)]],
    ['a path to connect to', [':method', 'CONNECT', ...GET.slice(4)]],
    ['nothing to connect to', [':method', 'CONNECT']],
    ['a length and no body', [...GET, 'content-length', '1']],
  ];

  it.each(cases)('is one with %s: it is reset, and the connection goes on', async (_what, fields) => {
    const client = new FakeClient();
    const id = client.request(ALL, literals(...fields));
    const next = client.request(ALL, literals(...GET));
    expect(await client.resets()).toEqual({ [id]: errorCode.protocolError });
    expect(client.requests.map(({ stream }) => stream.id)).toEqual([next]);
  });

  it.each([
    ['less', [data(1, 3), data(1, 1, frameFlag.endStream)]],
    ['more', [data(1, 6)]],
    ['less before its trailers', [data(1, 3), headers(1, literals('x-a', 'b'))]],
  ])('is one that says five bytes, and has %s', async (_what, frames) => {
    const client = new FakeClient(undefined, {}, ({ stream }) => stream.resume());
    client.request(frameFlag.endHeaders, literals(...POST, 'content-length', '5'));
    client.send(...frames);
    expect(await client.resets()).toEqual({ 1: errorCode.protocolError });
    expect(client.watchers.get(1)).toMatchObject({ ending: 'reset 1', ends: 0 });
  });
});
