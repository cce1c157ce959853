import { createHash } from 'node:crypto';
import http from 'node:http';
import http2, { constants, type IncomingHttpHeaders } from 'node:http2';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { TextRequestSchema, TextResponseSchema } from '@flotilla/contracts/rpc';
import { describe, expect, onTestFinished, test } from 'vitest';
import { stageBefore } from './fixtures.js';

const PATH = '/pipeline.TextInputService/ReceiveText';
const KINDS = [
  'application/grpc',
  'application/grpc+proto',
  'application/grpc-web+proto',
  'application/proto',
] as const;
const FIGURES = { word_count: 2, top_words: [['two', 2]], unique_words: 1, report: 'a report' };
/** On a machine that others use, too. */
const POLLING = { timeout: 10_000 };
const MIB = 1024 * 1024;

interface Asked {
  readonly url: string;
  readonly id: string;
  readonly length: string | undefined;
  /** Its digest. */
  readonly text: string;
}

/** What the next stage answers, if it does. */
type Answer = 'figures' | 'a failure' | 'nothing';

/** A service of stage 1, which hands texts on, in front of a stage that tells what it was asked. */
async function stageOne(answer: Answer = 'figures') {
  const asked: Asked[] = [];
  const started: string[] = [];
  const left: string[] = [];
  const next = http.createServer((request, response) => {
    const { url = '', headers } = request;
    if (request.method !== 'POST') {
      response.end();
      return;
    }
    started.push(url);
    const pieces: Buffer[] = [];
    request.on('error', () => {});
    request.on('data', (chunk: Buffer) => void pieces.push(chunk));
    request.on('close', () => {
      if (!response.writableFinished) left.push(url);
    });
    request.on('end', () => {
      const text = digest(Buffer.concat(pieces));
      asked.push({ url, id: String(headers['x-request-id']), length: headers['content-length'], text });
      response.setHeader('content-type', 'application/json');
      if (answer === 'a failure') response.writeHead(503, { 'x-failed-stage': 'service3' });
      const table = url.includes('frequencies') ? { word_frequencies: { two: 2 } } : {};
      const told = answer === 'figures' ? { status: 'ok', message: 'done', ...FIGURES, ...table } : {};
      if (answer !== 'nothing') response.end(JSON.stringify(told));
    });
  });
  const port = await stageBefore(next);
  const session = http2.connect(`http://127.0.0.1:${port}`);
  session.on('error', () => {});
  onTestFinished(() => session.destroy());
  return { asked, started, left, call: (request: Request) => call(session, request) };
}

interface Request {
  readonly type: string;
  readonly pieces: readonly Buffer[];
  readonly headers?: Record<string, string>;
  /** connect-es takes a path with a query; the direct way does not. */
  readonly isOnFastPath?: boolean;
  /** It leaves once this is settled. */
  readonly leaving?: Promise<unknown>;
}

interface Told {
  readonly head: IncomingHttpHeaders;
  readonly trailers: IncomingHttpHeaders;
  readonly body: Buffer;
}

async function call(session: http2.ClientHttp2Session, request: Request): Promise<Told> {
  const { type, pieces, headers = {}, isOnFastPath = true, leaving } = request;
  const path = isOnFastPath ? PATH : `${PATH}?`;
  const fields = { ':method': 'POST', ':path': path, 'content-type': type, 'x-request-id': 'head', ...headers };
  const stream = session.request(fields);
  const told: { head: IncomingHttpHeaders; trailers: IncomingHttpHeaders } = { head: {}, trailers: {} };
  const body: Buffer[] = [];
  stream.on('response', (head) => {
    told.head = head;
  });
  stream.on('trailers', (trailers) => {
    told.trailers = trailers;
  });
  stream.on('data', (chunk: Buffer) => void body.push(chunk));
  stream.on('error', () => {});
  const closed = new Promise<void>((resolve) => stream.once('close', resolve));
  for (const chunk of pieces) stream.write(chunk);
  if (!leaving) stream.end();
  void leaving?.then(() => stream.close(constants.NGHTTP2_CANCEL));
  await closed;
  return { ...told, body: Buffer.concat(body) };
}

/** What the two ways have to say alike: what they say of the reason in words is their own. */
function comparable({ head, trailers, body }: Told) {
  const { date, 'grpc-message': words, 'content-length': length, ...fields } = { ...head, ...trailers };
  const text = body.toString('latin1');
  const part = text.lastIndexOf('\x80');
  const lines = part === -1 ? [] : text.slice(part + 5).split('\r\n');
  const told = (part === -1 ? text : text.slice(0, part)).replace(/"message":"[^"]*"/, '');
  return { fields: { ...fields }, hasWords: words !== undefined, told, lines: lines.filter(isNoMessage).sort() };
}

const isNoMessage = (line: string) => !line.startsWith('grpc-message: ');

function framed(message: Buffer, flags = 0): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(flags, 0);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

const message = (fields: { text?: string; requestId?: string; includeFrequencies?: boolean }) =>
  Buffer.from(toBinary(TextRequestSchema, create(TextRequestSchema, fields)));

/** A long text is on its way before its id is known. */
const withoutId = (asked: Asked | undefined) => asked && { ...asked, id: undefined };

const digest = (bytes: Buffer) => createHash('sha1').update(bytes).digest('hex');

/** As it is sent: in an envelope, or as it is. */
const request = (type: string, bytes: Buffer, headers?: Record<string, string>): Request => ({
  type,
  pieces: [type === 'application/proto' ? bytes : framed(bytes)],
  ...(headers ? { headers } : {}),
});

const LONG = 'two two '.repeat(MIB / 8);
const unknownFields = Buffer.concat([
  Buffer.from([0x98, 0x06, 0x01]),
  message({ text: 'two two' }),
  Buffer.from([0x7b, 0x7c]),
]);

/** Messages, and whether they are sound. */
const messages: [string, Buffer][] = [
  ['a short text', message({ text: 'two two' })],
  ['nothing in it', Buffer.alloc(0)],
  ['an id', message({ text: 'two two', requestId: 'body' })],
  ['an id that no header may have', message({ text: 'two two', requestId: 'ä body' })],
  ['an id that is too long', message({ text: 'two two', requestId: 'i'.repeat(201) })],
  ['a wish for the table', message({ text: 'two two', includeFrequencies: true })],
  ['unknown fields', unknownFields],
  ['two texts', Buffer.concat([message({ text: 'one' }), message({ text: 'two two' })])],
  ['a long text', message({ text: LONG })],
  ['a long text and the id of the head', message({ text: LONG, requestId: 'head' })],
  ['a long text, an id and a wish', message({ text: LONG, requestId: 'head', includeFrequencies: true })],
  ['a long text and another id', message({ text: LONG, requestId: 'body', includeFrequencies: true })],
  ['a long text, and another text', Buffer.concat([message({ text: LONG }), message({ text: 'two two' })])],
  ['a long text, and another long text', Buffer.concat([message({ text: LONG }), message({ text: `${LONG}${LONG}` })])],
  ['a long text and an id that is too long', message({ text: LONG, requestId: 'i'.repeat(201) })],
  ['text that is no UTF-8', Buffer.from([0x0a, 2, 0xc3, 0x28])],
  ['a long text that is no UTF-8', Buffer.concat([message({ text: LONG }), Buffer.from([0x0a, 1, 0xff])])],
  ['no protobuf', Buffer.alloc(40, 0xff)],
  ['a field longer than its message', Buffer.from([0x0a, 99])],
  ['half a field behind a long text', Buffer.concat([message({ text: LONG }), Buffer.from([0x12])])],
];

describe.each(KINDS)('%s: what is answered directly is what connect-es answers to', (type) => {
  test.each(messages)('%s', async (_name, bytes) => {
    const { asked, call } = await stageOne();
    const directly = await call(request(type, bytes));
    const askedDirectly = asked.splice(0).at(-1);
    const byConnect = await call({ ...request(type, bytes), isOnFastPath: false });
    expect(comparable(directly)).toEqual(comparable(byConnect));
    expect(withoutId(askedDirectly)).toEqual(withoutId(asked.at(-1)));
  });

  test('a failure further down', async () => {
    const { call } = await stageOne('a failure');
    const directly = await call(request(type, message({ text: 'two two' })));
    const byConnect = await call({ ...request(type, message({ text: 'two two' })), isOnFastPath: false });
    expect(comparable(directly)).toEqual(comparable(byConnect));
    expect(
      directly.head['x-failed-stage'] ?? directly.trailers['x-failed-stage'] ?? directly.body.toString(),
    ).toContain('service3');
  });

  test('a limit of time that is none', async () => {
    const { call } = await stageOne();
    const headers = { 'grpc-timeout': '5', 'connect-timeout-ms': 'soon' };
    const directly = await call(request(type, message({ text: 'two two' }), headers));
    const byConnect = await call({ ...request(type, message({ text: 'two two' }), headers), isOnFastPath: false });
    expect(comparable(directly)).toEqual(comparable(byConnect));
  });

  test('an encoding that is none, and an unknown one', async () => {
    const { call } = await stageOne();
    for (const encoding of ['identity', 'snappy']) {
      const headers = { 'grpc-encoding': encoding, 'content-encoding': encoding };
      const directly = await call(request(type, message({ text: 'two two' }), headers));
      const byConnect = await call({ ...request(type, message({ text: 'two two' }), headers), isOnFastPath: false });
      expect(comparable(directly)).toEqual(comparable(byConnect));
    }
  });
});

const GOOD = framed(message({ text: 'two two' }));
const head = (bytes: number, flags = 0) => {
  const envelope = framed(Buffer.alloc(0), flags);
  envelope.writeUInt32BE(bytes, 1);
  return envelope;
};

/** Requests of gRPC that are not one message in one envelope. */
const envelopes: [string, Buffer][] = [
  ['no message', Buffer.alloc(0)],
  ['half a head', GOOD.subarray(0, 3)],
  ['a message that is cut off', GOOD.subarray(0, 9)],
  ['two messages', Buffer.concat([GOOD, GOOD])],
  ['half a second message', Buffer.concat([GOOD, GOOD.subarray(0, 9)])],
  ['a second one that is too large', Buffer.concat([GOOD, head(101 * MIB)])],
  ['a length beyond the limit', head(101 * MIB)],
  ['a compressed message', framed(GOOD.subarray(5), 1)],
  ['trailers that are none', Buffer.concat([framed(Buffer.alloc(0), 0x80), GOOD])],
  ['a long text twice', Buffer.concat([framed(message({ text: LONG })), framed(message({ text: LONG }))])],
  ['a long text that is cut off', framed(message({ text: LONG })).subarray(0, MIB - 7)],
];

describe.each(['application/grpc', 'application/grpc-web'])('%s, in envelopes', (type) => {
  test.each(envelopes)('%s', async (_name, bytes) => {
    const { call } = await stageOne();
    const directly = await call({ type, pieces: [bytes] });
    const byConnect = await call({ type, pieces: [bytes], isOnFastPath: false });
    expect(comparable(directly)).toEqual(comparable(byConnect));
  });
});

test('a long text goes on before its message is whole, with its length and under the id of the head', async () => {
  const { asked, call } = await stageOne();
  const whole = framed(message({ text: LONG, requestId: 'head' }));
  const gate = Promise.withResolvers<void>();
  const calling = call({ type: 'application/grpc', pieces: [whole.subarray(0, -2)], leaving: gate.promise });
  await expect.poll(() => asked.length, POLLING).toBe(1);
  expect(asked).toEqual([
    { url: '/preprocess', id: 'head', length: String(LONG.length), text: digest(Buffer.from(LONG)) },
  ]);
  gate.resolve();
  await calling;
});

test('a wish that the length did not let expect: the text goes on once more, and its table comes back', async () => {
  const { asked, call } = await stageOne();
  // An id of two characters less than the one in the head.
  const bytes = message({ text: LONG, requestId: 'he', includeFrequencies: true });
  const { body } = await call(request('application/grpc', bytes));
  const { wordFrequencies } = fromBinary(TextResponseSchema, body.subarray(5));
  expect(wordFrequencies).toMatchObject([{ word: 'two', count: 2 }]);
  expect(asked.at(-1)).toMatchObject({
    url: '/preprocess?include=frequencies',
    id: 'he',
    text: digest(Buffer.from(LONG)),
  });
});

describe.each([
  ['application/grpc', { 'grpc-timeout': '200m' }],
  ['application/grpc-web', { 'grpc-timeout': '200m' }],
  ['application/proto', { 'connect-timeout-ms': '200' }],
])('%s: when the time is over', (type, headers) => {
  const isOver = ({ head, trailers, body }: Told) => {
    const told = { ...head, ...trailers }['grpc-status'] ?? body.toString('latin1');
    return /^4$|grpc-status: 4|deadline_exceeded/.test(String(told));
  };

  test('while the next stage works, it is left, and the caller told', async () => {
    const { left, call } = await stageOne('nothing');
    expect(isOver(await call(request(type, message({ text: 'two two' }), headers)))).toBe(true);
    await expect.poll(() => left, POLLING).toEqual(['/preprocess']);
  });

  test('before the message is whole, the caller is told', async () => {
    const { call } = await stageOne();
    const whole = request(type, message({ text: 'two two' }), headers);
    const pieces = whole.pieces.map((chunk) => chunk.subarray(0, -3));
    expect(isOver(await call({ ...whole, pieces, leaving: new Promise(() => {}) }))).toBe(true);
  });

  test('from the start, no instance is asked', async () => {
    const { asked, call } = await stageOne();
    const none = { 'grpc-timeout': '0S', 'connect-timeout-ms': '0' };
    expect(isOver(await call(request(type, message({ text: 'two two' }), none)))).toBe(true);
    expect(asked).toEqual([]);
  });
});

test('a limit of time beyond what a timer takes is as good as none', async () => {
  const { call } = await stageOne();
  const headers = { 'grpc-timeout': '99999999H' };
  const { trailers } = await call(request('application/grpc', message({ text: 'two two' }), headers));
  expect(trailers['grpc-status']).toBe('0');
});

test('a client that leaves half way: the next stage is left, too', async () => {
  const { asked, started, left, call } = await stageOne();
  const { promise, resolve } = Promise.withResolvers<void>();
  const half = framed(message({ text: LONG })).subarray(0, LONG.length / 2);
  const calling = call({ type: 'application/grpc', pieces: [half], leaving: promise });
  await expect.poll(() => started, POLLING).toEqual(['/preprocess']);
  resolve();
  await calling;
  await expect.poll(() => left, POLLING).toEqual(['/preprocess']);
  expect(asked).toEqual([]);
});
