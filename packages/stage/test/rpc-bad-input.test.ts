import http from 'node:http';
import http2, { constants, type IncomingHttpHeaders } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { fields, flag, frame, post, RawClient, type, uint32 } from '../../service-kit/test/http2-frames.js';
import { service, stageBefore } from './fixtures.js';

const UNARY = '/pipeline.TextInputService/ReceiveText';
const STREAM = '/pipeline.TextInputService/ReceiveTextStream';

/** On a machine that others use, too. */
const POLLING = { timeout: 10_000 };

/** What the next stage has been asked, and what became of it. */
interface Asked {
  isWhole: boolean;
  isOver: boolean;
}

/** A service of stage 1 in front of a stage that counts bytes. */
async function stageOne() {
  const asked: Asked[] = [];
  const next = http.createServer((request, response) => {
    const record: Asked = { isWhole: false, isOver: false };
    // Not those that look whether it is well.
    if (request.method === 'POST') asked.push(record);
    request.on('error', () => {});
    request.resume();
    request.on('end', () => {
      record.isWhole = true;
      const figures = { word_count: 2, top_words: [['two', 2]], unique_words: 1, report: 'a report' };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ status: 'ok', message: 'done', ...figures }));
    });
    request.on('close', () => {
      record.isOver = true;
    });
  });
  const port = await stageBefore(next);
  return { asked, port };
}

interface Told {
  readonly status: number;
  readonly fields: IncomingHttpHeaders;
}

/** One call on a connection of its own. */
function callTo(port: number, path: string, headers: Record<string, string> = {}) {
  const session = http2.connect(`http://127.0.0.1:${port}`);
  session.on('error', () => {});
  onTestFinished(() => session.destroy());
  const fields: IncomingHttpHeaders = {};
  const stream = session.request({ ':method': 'POST', ':path': path, 'content-type': 'application/grpc', ...headers });
  for (const event of ['response', 'trailers']) {
    stream.on(event, (received: IncomingHttpHeaders) => Object.assign(fields, received));
  }
  stream.on('error', () => {});
  const told = new Promise<Told>((resolve) => {
    stream.once('close', () => resolve({ status: Number(fields['grpc-status'] ?? -1), fields }));
  });
  return { stream: stream.resume(), told };
}

function frameHead(bytes: number, flags = 0): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(flags, 0);
  head.writeUInt32BE(bytes, 1);
  return head;
}

function framed(message: Buffer, flags = 0): Buffer {
  return Buffer.concat([frameHead(message.length, flags), message]);
}

/** `TextRequest` with this as its text, which is field 1; `TextChunk` has its bytes there. */
function textRequest(text: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x0a, text.length]), text]);
}

const GOOD = framed(textRequest(Buffer.from('two two')));
const status = { INVALID_ARGUMENT: 3, RESOURCE_EXHAUSTED: 8, UNIMPLEMENTED: 12 };
const GZIP = { 'grpc-encoding': 'gzip' };

/** What is no call, and what it is refused with: never what a balancer takes for the instance's own failure. */
const refused: [string, string, Buffer, Record<string, string>, number, string?][] = [
  ['a frame that is cut off', UNARY, GOOD.subarray(0, 9), {}, status.INVALID_ARGUMENT],
  ['the head of a frame that is cut off', UNARY, GOOD.subarray(0, 3), {}, status.INVALID_ARGUMENT],
  ['a length of 101 MiB', UNARY, frameHead(101 * 1024 * 1024), {}, status.RESOURCE_EXHAUSTED, 'FLT_BODY_TOO_LARGE'],
  ['a length of 4 GiB', UNARY, frameHead(2 ** 32 - 1), {}, status.RESOURCE_EXHAUSTED, 'FLT_BODY_TOO_LARGE'],
  ['no protobuf', UNARY, framed(Buffer.alloc(40, 0xff)), {}, status.INVALID_ARGUMENT, 'FLT_INVALID_REQUEST'],
  ['a chunk that is no protobuf', STREAM, framed(Buffer.alloc(40, 0xff)), {}, 3, 'FLT_INVALID_REQUEST'],
  ['a field longer than its message', UNARY, framed(Buffer.from([0x0a, 99])), {}, 3, 'FLT_INVALID_REQUEST'],
  ['text that is no UTF-8', UNARY, framed(textRequest(Buffer.from([0xc3, 0x28]))), {}, 3, 'FLT_INVALID_REQUEST'],
  ['an unknown method', '/pipeline.TextInputService/Nothing', GOOD, {}, 12, 'FLT_RPC_UNKNOWN'],
  ['an unknown service', '/unknown.Service/Nothing', GOOD, {}, 12, 'FLT_RPC_UNKNOWN'],
  ['a message that is no gzip', UNARY, framed(GOOD.subarray(5), 1), GZIP, 3, 'FLT_INVALID_ENCODING'],
  ['a compressed message without its encoding', UNARY, framed(GOOD.subarray(5), 1), {}, 3, 'FLT_INVALID_REQUEST'],
  ['no message', UNARY, Buffer.alloc(0), {}, status.UNIMPLEMENTED],
  ['two messages', UNARY, Buffer.concat([GOOD, GOOD]), {}, status.UNIMPLEMENTED],
];

describe('a call is refused, and the next one answered, with', () => {
  test.each(refused)('%s', async (_name, path, bytes, headers, expected, code) => {
    const { asked, port } = await stageOne();
    const { stream, told } = callTo(port, path, headers);
    if (bytes.length > 0) stream.write(bytes);
    stream.end();
    const outcome = await told;
    expect(outcome.status).toBe(expected);
    expect(outcome.fields['x-flotilla-code']).toBe(code);
    expect(asked.filter(({ isWhole }) => isWhole)).toEqual([]);
    const good = callTo(port, UNARY);
    good.stream.end(GOOD);
    expect(await good.told).toMatchObject({ status: 0 });
  });

  test('a length of 101 MiB, though no more comes: at once, and without its end', async () => {
    const { port } = await stageOne();
    const { stream, told } = callTo(port, UNARY);
    stream.write(frameHead(101 * 1024 * 1024));
    expect(await told).toMatchObject({ status: status.RESOURCE_EXHAUSTED });
  });
});

test('a stream of texts without one is a text without a word', async () => {
  const { port } = await stageOne();
  const { stream, told } = callTo(port, STREAM);
  stream.end();
  expect(await told).toMatchObject({ status: 0 });
});

test('a stream of texts that is reset half way gives no report, and what worked on it ends', async () => {
  const { asked, port } = await stageOne();
  // Node's own client ends a stream before it resets it.
  const client = new RawClient(port);
  const head = Buffer.concat([post(STREAM), fields(['content-type', 'application/grpc'])]);
  await client.send(frame(type.headers, flag.endHeaders, 1, head));
  const chunk = frame(type.data, 0, 1, framed(textRequest(Buffer.alloc(100, 'a '))));
  await client.send(...Array.from({ length: 2_000 }, () => chunk));
  await expect.poll(() => asked.length, POLLING).toBe(1);
  await client.send(frame(type.reset, 0, 1, uint32(constants.NGHTTP2_CANCEL)));
  await expect.poll(() => asked[0]?.isOver, POLLING).toBe(true);
  expect(asked).toEqual([{ isWhole: false, isOver: true }]);
  expect(client.of(type.headers)).toEqual([]);
});

test('a client that leaves while the next stage works: the next stage is left, too', async () => {
  let isLeft = false;
  let isAsked = false;
  const silent = http.createServer((request, response) => {
    request.resume();
    if (request.method !== 'POST') {
      response.end();
      return;
    }
    isAsked = true;
    response.once('close', () => {
      isLeft = true;
    });
  });
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    silent.closeAllConnections();
    silent.close();
  });
  const { port } = await service((silent.address() as AddressInfo).port, (_request, body) => ({
    write: (chunk) => body.push(Uint8Array.from(chunk)),
    end: () => body.end(),
  }));
  const { stream } = callTo(port, UNARY);
  stream.end(GOOD);
  await expect.poll(() => isAsked, POLLING).toBe(true);
  stream.close(constants.NGHTTP2_CANCEL);
  await expect.poll(() => isLeft, POLLING).toBe(true);
});
