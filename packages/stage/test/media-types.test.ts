import http from 'node:http';
import { describe, expect, test } from 'vitest';
import { stageBefore } from './fixtures.js';
import { byHttp2, type Fields, framed, transports } from './transports.js';

/** A stage in front of one that says how many bytes it was sent. */
async function stage(): Promise<number> {
  const next = http.createServer((request, response) => {
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    const figures = { word_count: 2, top_words: [], unique_words: 1, report: '' };
    request.on('end', () => response.end(JSON.stringify({ status: 'ok', message: `${bytes}`, ...figures })));
  });
  return stageBefore(next);
}

const JSON_BODY = Buffer.from('{"text":"a a"}');
const UNARY = '/pipeline.TextInputService/ReceiveText';
const MESSAGE = Buffer.from([0x0a, 3, 0x61, 0x20, 0x61]);
const ENVELOPE = framed(MESSAGE);

describe.each(transports)('%s', (_name, post) => {
  test.each([
    ['application/json; charset="utf-8"', JSON_BODY],
    ['Application/JSON ;charset=UTF-8; profile="charset=utf-16; x"', JSON_BODY],
    ['text/plain; charset="utf-8"', Buffer.from('a a')],
    ['text/plain; format="a\\"; charset=latin1"', Buffer.from('a a')],
  ])('a stage takes %s', async (type, body) => {
    const port = await stage();
    expect((await post(port, '/process', { 'content-type': type }, body)).status).toBe(200);
  });

  test.each(['application/json; charset="utf-16"', 'text/plain; charset="utf-8', 'application/json/x'])(
    'a stage refuses %s',
    async (type) => {
      const told = await post(await stage(), '/process', { 'content-type': type }, JSON_BODY);
      expect(told.status).toBe(415);
      expect(told.body).toContain('FLT_UNSUPPORTED_MEDIA_TYPE');
    },
  );

  test.each(['', 'identity', 'Identity, ,'])('a body in the codings %j is not compressed', async (coding) => {
    const fields = { 'content-type': 'application/json', 'content-encoding': coding };
    expect((await post(await stage(), '/process', fields, JSON_BODY)).status).toBe(200);
  });

  test.each([
    ['application/json; charset="utf-8"', Buffer.from('{"text":"a a"}')],
    ['application/proto; charset="utf-8"', MESSAGE],
    ['APPLICATION/PROTO', MESSAGE],
    ['application/grpc-web; charset="utf-8"', ENVELOPE],
    ['application/grpc-web+json; charset="utf-8"', framed(Buffer.from('{"text":"a a"}'))],
  ])('a call of %s is answered', async (type, body) => {
    const port = await stage();
    for (const coding of [undefined, '', 'Identity']) {
      const codings: Fields = coding === undefined ? {} : { 'content-encoding': coding, 'grpc-encoding': coding };
      const told = await post(port, UNARY, { 'content-type': type, ...codings }, body);
      expect(told).toMatchObject({ status: 200 });
      if (type.includes('grpc')) expect(told.body).toContain('grpc-status: 0');
    }
  });
});

test.each(['application/grpc; charset="utf-8"', 'application/GRPC+proto', 'application/grpc;x="application/json"'])(
  'a call of gRPC as %s is answered',
  async (type) => {
    const port = await stage();
    for (const coding of ['', 'IDENTITY']) {
      const fields = { 'content-type': type, 'grpc-encoding': coding };
      expect(await byHttp2(port, UNARY, fields, ENVELOPE)).toMatchObject({
        status: 200,
        fields: { 'grpc-status': '0' },
      });
    }
  },
);
