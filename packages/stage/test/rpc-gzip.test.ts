import http from 'node:http';
import { gzipSync } from 'node:zlib';
import { create, toBinary, toJsonString } from '@bufbuild/protobuf';
import { TextChunkSchema, TextRequestSchema } from '@flotilla/contracts/rpc';
import { describe, expect, test } from 'vitest';
import { stageBefore } from './fixtures.js';
import { byHttp2, type Fields, framed } from './transports.js';

const UNARY = '/pipeline.TextInputService/ReceiveText';
const STREAM = '/pipeline.TextInputService/ReceiveTextStream';
const MIB = 1024 * 1024;
const LONG = 'two words and a third, '.repeat(50_000);

/** A stage that hands texts on, in front of one that tells what it was sent. */
async function stage() {
  const asked: {
    readonly url: string | undefined;
    readonly text: string;
    readonly fields: http.IncomingHttpHeaders;
  }[] = [];
  const next = http.createServer((request, response) => {
    let text = '';
    request.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk;
    });
    request.on('error', () => {});
    request.on('end', () => {
      if (request.method === 'POST') asked.push({ url: request.url, text, fields: request.headers });
      response.setHeader('content-type', 'application/json');
      const figures = { word_count: 2, top_words: [], unique_words: 1, report: 'r'.repeat(5000) };
      response.end(JSON.stringify({ status: 'ok', message: 'done', ...figures }));
    });
  });
  return { asked, port: await stageBefore(next) };
}

interface Spoken {
  readonly path: string;
  readonly type: string;
  readonly coding: string;
  readonly taken: string;
  /** The body that carries this text. @param pack - Packs messages, or leaves them. */
  readonly body: (text: string, pack: (message: Buffer) => Buffer) => Buffer;
}

const request = (text: string) =>
  Buffer.from(toBinary(TextRequestSchema, create(TextRequestSchema, { text, includeFrequencies: true })));
const inJson = (text: string) =>
  Buffer.from(toJsonString(TextRequestSchema, create(TextRequestSchema, { text, includeFrequencies: true })));
const chunk = (text: string, isFirst: boolean) =>
  Buffer.from(
    toBinary(TextChunkSchema, create(TextChunkSchema, { text: Buffer.from(text), includeFrequencies: isFirst })),
  );
/** Three messages, of which the one in the middle is not packed. */
const chunks = (text: string, pack: (message: Buffer) => Buffer) => {
  const third = Math.ceil(text.length / 3);
  return Buffer.concat([
    framed(pack(chunk(text.slice(0, third), true)), 1),
    framed(chunk(text.slice(third, 2 * third), false)),
    framed(pack(chunk(text.slice(2 * third), false)), 1),
  ]);
};
const grpc = { coding: 'grpc-encoding', taken: 'grpc-accept-encoding' };

const ways: [name: string, spoken: Spoken][] = [
  ['gRPC', { path: UNARY, type: 'application/grpc', ...grpc, body: (text, pack) => framed(pack(request(text)), 1) }],
  [
    'gRPC in JSON',
    { path: UNARY, type: 'application/grpc+json', ...grpc, body: (text, pack) => framed(pack(inJson(text)), 1) },
  ],
  ['gRPC, a stream', { path: STREAM, type: 'application/grpc', ...grpc, body: chunks }],
  [
    'gRPC-Web',
    { path: UNARY, type: 'application/grpc-web+proto', ...grpc, body: (text, pack) => framed(pack(request(text)), 1) },
  ],
  [
    'Connect',
    {
      path: UNARY,
      type: 'application/proto',
      coding: 'content-encoding',
      taken: 'accept-encoding',
      body: (text, pack) => pack(request(text)),
    },
  ],
  [
    'Connect in JSON',
    {
      path: UNARY,
      type: 'application/json',
      coding: 'content-encoding',
      taken: 'accept-encoding',
      body: (text, pack) => pack(inJson(text)),
    },
  ],
  [
    'Connect, a stream',
    {
      path: STREAM,
      type: 'application/connect+proto',
      coding: 'connect-content-encoding',
      taken: 'connect-accept-encoding',
      body: chunks,
    },
  ],
];

/** What a call has come to, however it was told. */
function outcomeOf({ fields, body }: Awaited<ReturnType<typeof byHttp2>>) {
  const told = `${JSON.stringify(fields)} ${body}`;
  const status = /"grpc-status":"(\d+)"|grpc-status: (\d+)/.exec(told);
  const number = status?.[1] ?? status?.[2];
  const named = /"code":"(\w+)"/.exec(body)?.[1];
  const code = /"x-flotilla-code":\[?"(\w+)"|x-flotilla-code: (\w+)/.exec(told);
  return { status: number === undefined ? (named ?? 'ok') : NAMES[Number(number)], code: code?.[1] ?? code?.[2] };
}

const NAMES: Readonly<Record<number, string>> = {
  0: 'ok',
  3: 'invalid_argument',
  8: 'resource_exhausted',
  12: 'unimplemented',
};

describe.each(ways)('packed messages of %s', (_name, { path, type, coding, taken, body }) => {
  const call = (port: number, sent: Buffer, fields: Fields = {}) => {
    // It would take its answer packed.
    const accepted = { 'grpc-accept-encoding': 'gzip', 'connect-accept-encoding': 'gzip', 'accept-encoding': 'gzip' };
    const head = { 'content-type': type, 'content-length': `${sent.length}`, [coding]: 'gzip' };
    return byHttp2(port, path, { ...head, ...accepted, ...fields }, sent);
  };

  test.each([
    ['a short text', 'two two'],
    ['a long text', LONG],
  ])('%s goes on plain, and its answer comes back plain', async (_what, text) => {
    const { asked, port } = await stage();
    const told = await call(port, body(text, gzipSync));
    expect(outcomeOf(told)).toEqual({ status: 'ok', code: undefined });
    expect(asked.map((one) => [one.url, one.text === text, one.fields['content-encoding']])).toEqual([
      ['/preprocess?include=frequencies', true, undefined],
    ]);
    for (const field of ['grpc-encoding', 'connect-content-encoding', 'content-encoding']) {
      expect(told.fields[field]).toBeUndefined();
    }
    expect(told.body).toContain('r'.repeat(5000));
  });

  test('an answer is the same as to a call that is not packed', async () => {
    const { port } = await stage();
    const plain = body('two two', (message) => message);
    // Without their flag, messages in envelopes are not packed, whatever the head says.
    if (type !== 'application/proto' && type !== 'application/json') {
      for (let at = 0; at < plain.length; at += 5 + plain.readUInt32BE(at + 1)) plain.writeUInt8(0, at);
    }
    const fields = type === 'application/proto' || type === 'application/json' ? { [coding]: 'identity' } : {};
    expect((await call(port, plain, fields)).body).toBe((await call(port, body('two two', gzipSync))).body);
  });

  test('in another coding they are refused, with what is taken', async () => {
    const { asked, port } = await stage();
    const told = await call(port, body('two two', gzipSync), { [coding]: 'br' });
    expect(outcomeOf(told)).toEqual({ status: 'unimplemented', code: 'FLT_UNSUPPORTED_ENCODING' });
    expect(told.fields[taken]).toBe('gzip, identity');
    expect(asked).toEqual([]);
  });

  test.each<[string, (message: Buffer) => Buffer]>([
    ['are no gzip', (message) => message],
    ['are cut off', (message) => gzipSync(message).subarray(0, -4)],
    ['have something behind them', (message) => Buffer.concat([gzipSync(message), Buffer.from('x')])],
  ])('that %s are the fault of the caller', async (_what, pack) => {
    const { port } = await stage();
    expect(outcomeOf(await call(port, body(LONG, pack)))).toEqual({
      status: 'invalid_argument',
      code: 'FLT_INVALID_ENCODING',
    });
  });

  test('that unpack to more than a message may have are refused', async () => {
    const { port } = await stage();
    const bomb = gzipSync(Buffer.alloc(200 * MIB), { level: 1 });
    expect(
      outcomeOf(
        await call(
          port,
          body('', () => bomb),
        ),
      ),
    ).toEqual({
      status: 'resource_exhausted',
      code: 'FLT_BODY_TOO_LARGE',
    });
  });
});

test.each(ways.filter(([, { type }]) => !type.includes('json')))(
  'a stage that answers before it has read all of what %s unpacks to ends the call',
  async (_name, { path, type, coding, body }) => {
    const next = http.createServer((request, response) => {
      request.on('error', () => {});
      response.writeHead(422, { 'content-type': 'application/problem+json' });
      response.end('{"code":"FLT_WORD_TOO_LONG"}');
    });
    const port = await stageBefore(next);
    const sent = body('two words '.repeat(2 * MIB), gzipSync);
    const told = await byHttp2(port, path, { 'content-type': type, [coding]: 'gzip' }, sent);
    expect(outcomeOf(told)).toEqual({ status: 'invalid_argument', code: 'FLT_WORD_TOO_LONG' });
  },
);

test.each(ways.filter(([, { path }]) => path === UNARY))(
  'of %s, what becomes objects may unpack to 8 MiB, and what is read as it comes to as much as any message',
  async (_name, { path, type, coding, body }) => {
    const { port } = await stage();
    const sent = body('two words '.repeat(MIB), gzipSync);
    const told = await byHttp2(port, path, { 'content-type': type, [coding]: 'gzip' }, sent);
    expect(outcomeOf(told).status).toBe(type.includes('json') ? 'resource_exhausted' : 'ok');
  },
);
