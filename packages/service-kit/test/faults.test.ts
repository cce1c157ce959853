import http2 from 'node:http2';
import net from 'node:net';
import type { Handler } from '@flotilla/http-server';
import { describe, expect, onTestFinished, test } from 'vitest';
import { testApp } from './fixtures.js';

const LIMIT = { maxBytes: 1e9, setting: 'none' };
/** More than lies between a server and a client that does not read. */
const LARGE_BYTES = 32 * 1024 * 1024;

function thrown(): never {
  throw new TypeError('secret words of the user');
}

/** Throws from what its query names, and answers where nothing has. */
const throwing: Handler = ({ request, response }) => {
  const where = request.url.split('?')[1] ?? '';
  const at = (...places: string[]) => places.includes(where) && thrown();
  return new Promise((_resolve, reject) => {
    at('handler');
    response.onClose(() => at('close'));
    request.receive(LIMIT, {
      chunk: () => !at('chunk', 'fail'),
      end: () => {
        at('end');
        if (where === 'end-later') return Promise.resolve().then(thrown);
        if (where !== 'drain') return response.send(200, [], 'answered');
        response.onDrain(thrown);
        response.begin(200, []);
        response.write(Buffer.alloc(LARGE_BYTES));
      },
      fail: (error) => {
        at('fail');
        reject(error);
      },
    });
  });
};

interface Way {
  readonly name: string;
  /** Sends a request with a body, and gives back the status that it is answered with; undefined: it broke off. */
  ask(port: number, query: string): Promise<number | undefined>;
}

const byHttp1 = (name: string, head: (query: string) => string, body: string): Way => ({
  name,
  ask: async (port, query) => {
    const socket = net.connect({ port, host: '127.0.0.1' });
    onTestFinished(() => void socket.destroy());
    socket.write(head(query) + body);
    let text = '';
    try {
      for await (const chunk of socket) {
        text = (text + chunk.toString('latin1')).slice(0, 4096);
        const [, length, content = ''] = /content-length: (\d+)(?=\r\n)[\s\S]*?\r\n\r\n(.*)$/.exec(text) ?? [];
        if (Number(length) === content.length) break;
      }
    } catch {
      return undefined;
    }
    return Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]);
  },
});

const FIELDS = 'Host: h\r\nConnection: close\r\n';
const CHUNKED = `${FIELDS}Transfer-Encoding: chunked\r\n\r\n`;
const BODY = '4\r\nbody\r\n0\r\n\r\n';

const byHttp2 = (name: string, path: string, type: string): Way => ({
  name,
  ask: async (port, query) => {
    const session = http2.connect(`http://127.0.0.1:${port}`);
    onTestFinished(() => session.destroy());
    const stream = session.request({ ':method': 'POST', ':path': `${path}?${query}`, 'content-type': type });
    let status: number | undefined;
    stream.on('response', (headers) => {
      const code = Number(headers['grpc-status'] ?? 0);
      status = code === 13 ? 500 : Number(headers[':status']);
    });
    stream.on('error', () => {
      status = undefined;
    });
    stream.resume();
    stream.end('body');
    await new Promise((resolve) => stream.once('close', resolve));
    return status;
  },
});

const ways: readonly Way[] = [
  byHttp1('directly', (query) => `POST /held?${query} HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\n`, 'body'),
  byHttp1('without the framework', (query) => `POST /held?${query} HTTP/1.1\r\n${CHUNKED}`, BODY),
  byHttp1('by the framework', (query) => `POST /hel%64?${query} HTTP/1.1\r\n${CHUNKED}`, BODY),
  byHttp1('as a call of Connect', (query) => `POST /held.Service/Hold?${query} HTTP/1.1\r\n${CHUNKED}`, BODY),
  byHttp2('by HTTP/2', '/held', 'text/plain'),
  byHttp2('as a call of gRPC', '/held.Service/Hold', 'application/grpc'),
];

/** What a request is answered with that throws from there; undefined: its answer is broken off. */
const places: readonly [place: string, status: number | undefined][] = [
  ['handler', 500],
  ['chunk', 500],
  ['fail', 500],
  ['end', 500],
  ['end-later', 500],
  ['drain', undefined],
  ['close', 200],
];

describe.each(ways)('what a request throws that comes $name fails it, and nothing else', ({ ask }) => {
  test.each(places)('from its %s', async (place, status) => {
    const { port, lines } = await testApp({}, throwing);
    const uncaught: unknown[] = [];
    const note = (error: unknown) => uncaught.push(error);
    process.on('uncaughtException', note);
    onTestFinished(() => void process.off('uncaughtException', note));
    expect(await ask(port, place)).toBe(status);
    await expect.poll(() => lines.filter((line) => line.includes('unexpected error'))).toHaveLength(1);
    expect(lines.join('')).not.toContain('secret');
    expect(await ask(port, 'sound')).toBe(200);
    expect(uncaught).toEqual([]);
  });
});
