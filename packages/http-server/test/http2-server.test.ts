import { PREFACE } from '@flotilla/http2';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { FakeSocket } from '../../http2/test/fake-socket.js';
import { flag, frame, post, type } from '../../service-kit/test/http2-frames.js';
import type { Http2Exchange } from '../src/http2/http2-exchange.js';
import { Http2Server } from '../src/http2/http2-server.js';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

function laneOfTest() {
  const answered: Http2Exchange[] = [];
  const lane = new Http2Server({
    maxHeaderBytes: 16_384,
    maxHeaders: 100,
    maxFieldPieces: 16,
    maxStreams: 256,
    keepAliveMs: 60_000,
    requestTimeoutMs: 60_000,
    logger: pino({ level: 'silent' }),
    answer: (exchange) => answered.push(exchange),
  });
  onTestFinished(() => lane.stop());
  return { lane, answered };
}

/** A connection on which so many whole requests have come. */
function connection(lane: Http2Server, requests: number): FakeSocket {
  const socket = new FakeSocket();
  const all = flag.endHeaders | flag.endStream;
  const streams = Array.from({ length: requests }, (_, n) => frame(type.headers, all, 2 * n + 1, post('/process')));
  lane.accept(socket.asSocket, Buffer.concat([PREFACE, frame(type.settings, 0, 0), ...streams]));
  return socket;
}

test('requests are answered once all that had arrived is read', async () => {
  const { lane, answered } = laneOfTest();
  connection(lane, 3);
  expect(answered).toHaveLength(0);
  await turn();
  expect(answered).toHaveLength(3);
});

test('those of connections that have come to their end behind them are not, where there are many', async () => {
  const { lane, answered } = laneOfTest();
  const sockets = Array.from({ length: 20 }, () => connection(lane, 1));
  await turn();
  for (const socket of sockets.slice(1)) socket.destroy();
  await turn();
  await turn();
  expect(answered.map(({ url }) => url)).toEqual(['/process']);
});
