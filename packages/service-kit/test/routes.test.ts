import { once } from 'node:events';
import http from 'node:http';
import http2 from 'node:http2';
import { text } from 'node:stream/consumers';
import type { Handler, HttpExchange } from '@flotilla/http-server';
import { describe, expect, onTestFinished, test } from 'vitest';
import { testApp, untilClosed } from './fixtures.js';

const LIMIT = { maxBytes: 100_000, setting: 'none' };

/** Answers with a route's name, the values of its parameters, and how much of a body came. */
const named =
  (name: string): Handler =>
  ({ request, response, parameters = {} }: HttpExchange) =>
    new Promise((resolve, reject) => {
      let bytes = 0;
      request.receive(LIMIT, {
        chunk: (chunk) => {
          bytes += chunk.length;
          return true;
        },
        end: () => {
          response.send(200, [], JSON.stringify({ name, parameters, bytes }));
          resolve();
        },
        fail: reject,
      });
    });

const streamed: Handler = ({ response }) => {
  response.begin(200, ['x-kind', 'streamed']);
  response.write(Buffer.from('one, '));
  response.write(Buffer.from('two'));
  response.end([]);
  return Promise.resolve();
};

const routes = [
  { method: 'POST', path: '/sum', handler: named('sum') },
  { method: 'GET', path: '/total', handler: named('total') },
  { method: 'PUT', path: '/total', handler: named('set total') },
  { method: 'GET', path: '/stream', handler: streamed },
  { method: 'GET', path: '/polls/{id}', handler: named('poll') },
  { method: 'DELETE', path: '/polls/{id}', handler: named('remove poll') },
  { method: 'GET', path: '/polls/open', handler: named('open polls') },
  { method: 'GET', path: '/polls/{id}/{part}', handler: named('part') },
  { method: 'PUT', path: '/polls/{id}/close', handler: named('close') },
  { method: 'GET', path: '/polls/{id}/close', handler: named('closing') },
] as const;

/** The paths by which logs name the routes. */
const paths: Readonly<Record<string, string>> = {
  sum: '/sum',
  total: '/total',
  'set total': '/total',
  poll: '/polls/{id}',
  'remove poll': '/polls/{id}',
  'open polls': '/polls/open',
  part: '/polls/{id}/{part}',
  close: '/polls/{id}/close',
  closing: '/polls/{id}/close',
};

const routesApp = () => testApp({}, undefined, routes);

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Asks on a connection of its own, with a body of two bytes. */
type Way = (port: number, method: string, target: string) => Promise<Answer>;

const byHttp1 =
  (headers: http.OutgoingHttpHeaders, body: string, respell = (target: string) => target): Way =>
  async (port, method, target) => {
    const agent = new http.Agent({ keepAlive: true });
    onTestFinished(() => agent.destroy());
    const options = { port, host: '127.0.0.1', method, path: respell(target), agent };
    const request = http.request({ ...options, headers: { host: 'localhost', ...headers } });
    request.end(body);
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    return { status: response.statusCode ?? 0, headers: textOf(response.headers), body: await text(response) };
  };

function textOf(fields: http.IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)]));
}

const byHttp2: Way = async (port, method, target) => {
  const session = http2.connect(`http://127.0.0.1:${port}`);
  onTestFinished(() => session.destroy());
  const hasBody = method !== 'GET' && method !== 'HEAD';
  const stream = session.request({ ':method': method, ':path': target }, { endStream: !hasBody });
  if (hasBody) stream.end('{}');
  const [fields] = (await once(stream, 'response')) as [http2.IncomingHttpHeaders];
  return { status: Number(fields[':status']), headers: textOf(fields), body: await text(stream) };
};

const CHUNKED = { 'transfer-encoding': 'chunked' };
const ways: readonly [string, Way][] = [
  ['as a plain request', byHttp1({ 'content-length': 2 }, '{}')],
  ['in chunks', byHttp1(CHUNKED, '{}')],
  ['in an unusual spelling', byHttp1(CHUNKED, '{}', (target) => `http://localhost${target}`)],
  ['by HTTP/2', byHttp2],
];

describe.each(ways)('many routes of one process, asked %s', (way, ask) => {
  const bytesOf = (method: string) => (way === 'by HTTP/2' && method === 'GET' ? 0 : 2);

  test.each([
    ['POST', '/sum', 'sum', {}],
    ['POST', '/sum?a=b', 'sum', {}],
    ['GET', '/total', 'total', {}],
    ['GET', '/total?of=all', 'total', {}],
    ['PUT', '/total', 'set total', {}],
    ['GET', '/polls/17', 'poll', { id: '17' }],
    ['GET', '/polls/a%20b%2fc?x=/y', 'poll', { id: 'a b/c' }],
    ['GET', `/polls/${'x'.repeat(500)}`, 'poll', { id: 'x'.repeat(500) }],
    ['DELETE', '/polls/17', 'remove poll', { id: '17' }],
    ['GET', '/polls/open', 'open polls', {}],
    ['DELETE', '/polls/open', 'remove poll', { id: 'open' }],
    ['PUT', '/polls/17/close', 'close', { id: '17' }],
    ['GET', '/polls/17/close', 'closing', { id: '17' }],
    ['GET', '/polls/17/votes', 'part', { id: '17', part: 'votes' }],
  ])('%s %s', async (method, target, name, parameters) => {
    const { port, lines } = await routesApp();
    const { status, body } = await ask(port, method, target);
    expect([status, JSON.parse(body)]).toEqual([200, { name, parameters, bytes: bytesOf(method) }]);
    const path = paths[name];
    await expect.poll(() => lines.join('')).toContain(`"method":"${method}","route":"${path}","status":200`);
  });

  test.each([
    ['GET', '/sum', 'POST'],
    ['POST', '/total', 'GET, HEAD, PUT'],
    ['POST', '/polls/17', 'DELETE, GET, HEAD'],
    ['PUT', '/polls/open', 'DELETE, GET, HEAD'],
    ['DELETE', '/polls/17/close', 'GET, HEAD, PUT'],
    ['POST', '/health', 'GET, HEAD'],
  ])('%s %s is not allowed, and %s is', async (method, target, allow) => {
    const { port } = await routesApp();
    const { status, headers, body } = await ask(port, method, target);
    expect([status, JSON.parse(body).code]).toEqual([405, 'FLT_METHOD_NOT_ALLOWED']);
    expect(headers.allow?.toUpperCase().split(', ').toSorted().join(', ')).toBe(allow);
  });

  test.each(['/', '/sums', '/sum/', '/polls', '/polls/', '/polls//close', '/polls/1/2/3', '/polls/{id', '/TOTAL'])(
    'nothing is at %s',
    async (target) => {
      const { port } = await routesApp();
      for (const method of ['GET', 'POST', 'PUT']) {
        const { status } = await ask(port, method, target);
        expect([method, target, status]).toEqual([method, target, target === '/polls/{id' ? 400 : 404]);
      }
    },
  );
});

describe.each<[string, Way]>([
  ['HTTP/1.1', byHttp1({}, '')],
  ['HTTP/2', byHttp2],
])('HEAD over %s', (_version, ask) => {
  test.each(['/total', '/polls/17', '/health', '/stream'])(
    'has the head of GET %s, and nothing more',
    async (target) => {
      const { port } = await routesApp();
      const [get, head] = [await ask(port, 'GET', target), await ask(port, 'HEAD', target)];
      expect(get.body).not.toBe('');
      expect([head.status, head.body]).toEqual([200, '']);
      expect(head.headers['content-length']).toBe(get.headers['content-length']);
      expect(head.headers['x-kind']).toBe(get.headers['x-kind']);
    },
  );

  test('goes on with the next request', async () => {
    const { port } = await routesApp();
    expect((await ask(port, 'HEAD', '/stream')).status).toBe(200);
    expect((await ask(port, 'HEAD', '/nothing')).status).toBe(404);
  });
});

test('plain requests of several routes stay on the fast path, and one connection', async () => {
  const { app, port } = await routesApp();
  let read = 0;
  app.server.on('request', () => read++);
  const plain = (path: string) => `POST ${path} HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}`;
  const last = 'GET /health HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n';
  const received = await untilClosed(port, plain('/sum'), plain('/held?answered'), plain('/sum?again'), last);
  expect(received.match(/HTTP\/1.1 200/g)).toHaveLength(4);
  expect(read).toBe(1);
});

test.each<[string, Parameters<typeof testApp>[2]]>([
  ['two handlers', [routes[0], routes[0]]],
  ['two handlers of a pattern', [routes[4], { ...routes[4], path: '/polls/{name}' }]],
  ['a path without a slash', [{ ...routes[0], path: 'sum' }]],
  ['a parameter in the middle of a segment', [{ ...routes[0], path: '/sum-{of}' }]],
  ['an escape', [{ ...routes[0], path: '/s%20m' }]],
])('an app with %s does not start', async (_what, wrong) => {
  await expect(testApp({}, undefined, wrong)).rejects.toThrow();
});
