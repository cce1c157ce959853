import net, { type AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { addRoutes, type Handler, type HttpExchange, type Route } from '@flotilla/http-server';
import { createMetrics, Lifecycle, readConfig } from '@flotilla/process';
import { appSettings, createApp } from '@flotilla/service-kit';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { receive } from '../../http-server/src/message/receive.js';

/** More than lies between a server and a client that does not read. */
const LARGE_BYTES = 64 * 1024 * 1024;
/** More than a client takes that takes nothing, and little enough to be made many times. */
const ANSWER_BYTES = 32 * 1024;

/**
 * An app whose route `POST /work` gives back how many bytes came, and whose route `POST /held` answers when its
 * test lets it, or at once if it is asked for `?answered`; with `?unread` it reads no more than the first of a body. And
 * what it logged.
 *
 * @param handler - Of `/held`, in place of that one.
 * @param more - Routes beside it.
 */
export async function testApp(env: Record<string, string> = {}, handler?: Handler, more: readonly Route[] = []) {
  const lines: string[] = [];
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(chunk.toString());
      done();
    },
  });
  const identity = { service: 'service1', instance: 'service1a', stage: 1 };
  const lifecycle = new Lifecycle();
  const config = readConfig(appSettings, { SERVICE_PORT: '1', ...env });
  const metrics = createMetrics(identity);
  const api = { role: 'service', route: '/process', summary: 'Takes a text.', requestSchema: 'TextRequest' } as const;
  const logger = pino(sink);
  const app = await createApp({ identity, config, logger, metrics, lifecycle, api });
  const held: (() => void)[] = [];
  const large: (() => void)[] = [];
  const hold = ({ request, response }: HttpExchange) => {
    const limit = { maxBytes: 1e9, setting: 'none' };
    const isRead = !request.url.endsWith('?unread');
    request.receive(limit, { chunk: () => isRead, end: () => {}, fail: () => {} });
    if (request.url.endsWith('?answered')) response.send(200, [], 'x'.repeat(ANSWER_BYTES));
    else if (request.url.endsWith('?large')) large.push(() => response.send(200, [], 'x'.repeat(LARGE_BYTES)));
    else held.push(() => response.send(200, [], 'released'));
    return Promise.resolve();
  };
  const rpc = { paths: ['/held.Service/Hold'], handler: handler ?? hold };
  const routes = [{ method: 'POST', path: '/held', handler: handler ?? hold } as const, ...more];
  addRoutes(app, { http: routes, rpc }, { metrics, logger, lifecycle, config });
  app.post('/work', (request, reply) => {
    let bytes = 0;
    receive(
      request.raw,
      { maxBytes: 1000, setting: 'FLOTILLA_MAX_BODY_BYTES' },
      {
        chunk: (chunk) => {
          bytes += chunk.length;
          return true;
        },
        end: () => void reply.send({ bytes }),
        fail: (error) => reply.send(error),
      },
      { trailers: () => [], confirm: (done) => done(true), taker: { fault: (error) => reply.send(error) } },
    );
  });
  app.post('/broken', () => {
    JSON.parse('{"secret words of the user');
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  onTestFinished(() => app.close());
  const { port } = app.server.address() as AddressInfo;
  return { app, held, large, lifecycle, lines, port, url: `http://127.0.0.1:${port}` };
}

/** Sends bytes over a connection of its own that is never closed from this side, and gives back all that comes. */
export function untilClosed(port: number, ...parts: (string | Buffer)[]): Promise<string> {
  return converse(port, parts, () => {});
}

/** Sends bytes over a connection of its own, and gives back all that comes until the other side closes. */
export function exchange(port: number, ...parts: (string | Buffer)[]): Promise<string> {
  return converse(port, parts, (socket) => socket.end());
}

function converse(port: number, parts: (string | Buffer)[], whenSent: (socket: net.Socket) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    let received = '';
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
    });
    socket.on('error', reject);
    socket.on('end', () => {
      socket.destroy();
      resolve(received);
    });
    for (const part of parts) socket.write(part);
    whenSent(socket);
  });
}
