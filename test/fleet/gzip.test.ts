import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { createClient, type Transport } from '@connectrpc/connect';
import {
  compressionGzip,
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
} from '@connectrpc/connect-node';
import {
  type TextChunk,
  TextChunkSchema,
  TextInputService,
  type TextRequest,
  TextRequestSchema,
  type TextResponse,
  TextResponseSchema,
} from '@flotilla/contracts/rpc';
import { Client, compressionAlgorithms, credentials, Metadata } from '@grpc/grpc-js';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type TestFleet, testFleet } from './support.js';

let fleet: TestFleet;

beforeAll(async () => {
  fleet = await testFleet({ mode: 'parallel' });
  return () => fleet.end();
});

const TEXT = 'Packed words, and more of the packed words. '.repeat(2000);
const WORDS = 16_000;
const BY = [
  ['a balancer', 8061],
  ['an instance', 8051],
] as const;

describe.each(BY)('through %s, texts that are packed by gzip are counted', (_who, port) => {
  test.each([
    ['JSON', 'application/json; charset="utf-8"', JSON.stringify({ text: TEXT })],
    ['a text', 'text/plain', TEXT],
  ])('which curl sends: %s', async (_what, type, body) => {
    const fields = ['-H', `content-type: ${type}`, '-H', 'content-encoding: gzip', '-H', 'accept-encoding: gzip'];
    const curl = promisify(execFile)('curl', [
      '-s',
      '-i',
      ...fields,
      '--data-binary',
      '@-',
      `${fleet.at(port)}/process`,
    ]);
    curl.child.stdin?.end(gzipSync(body));
    const { stdout } = await curl;
    expect(stdout).toContain('HTTP/1.1 200 OK');
    expect(stdout).not.toMatch(/content-encoding/i);
    expect(stdout).toContain(`"word_count":${WORDS}`);
  });

  test('which grpc-js sends, as a message and as a stream', async () => {
    const client = new Client(fleet.at(port).slice('http://'.length), credentials.createInsecure(), {
      'grpc.default_compression_algorithm': compressionAlgorithms.gzip,
    });
    onTestFinished(() => client.close());
    const unary = await new Promise<TextResponse>((resolve, reject) => {
      client.makeUnaryRequest(
        '/pipeline.TextInputService/ReceiveText',
        (message: TextRequest) => Buffer.from(toBinary(TextRequestSchema, message)),
        (bytes) => fromBinary(TextResponseSchema, bytes),
        create(TextRequestSchema, { text: TEXT }),
        new Metadata(),
        (error, response) => (response ? resolve(response) : reject(error)),
      );
    });
    expect(unary.wordCount).toBe(WORDS);
    const streamed = await new Promise<TextResponse>((resolve, reject) => {
      const stream = client.makeClientStreamRequest(
        '/pipeline.TextInputService/ReceiveTextStream',
        (message: TextChunk) => Buffer.from(toBinary(TextChunkSchema, message)),
        (bytes) => fromBinary(TextResponseSchema, bytes),
        new Metadata(),
        (error, response) => (response ? resolve(response) : reject(error)),
      );
      for (let n = 0; n < 10; n++) stream.write(create(TextChunkSchema, { text: Buffer.from(TEXT) }));
      stream.end();
    });
    expect(streamed.wordCount).toBe(10 * WORDS);
  });

  const packing = { sendCompression: compressionGzip, acceptCompression: [compressionGzip], compressMinBytes: 0 };
  const transports: [name: string, transport: () => Transport][] = [
    ['gRPC', () => createGrpcTransport({ baseUrl: fleet.at(port), ...packing })],
    ['gRPC-Web', () => createGrpcWebTransport({ baseUrl: fleet.at(port), httpVersion: '1.1', ...packing })],
    ['Connect', () => createConnectTransport({ baseUrl: fleet.at(port), httpVersion: '1.1', ...packing })],
    [
      'Connect in JSON',
      () => createConnectTransport({ baseUrl: fleet.at(port), httpVersion: '2', useBinaryFormat: false, ...packing }),
    ],
  ];

  test.each(transports)('which connect-es sends by %s, as a message and as a stream', async (_what, transport) => {
    const client = createClient(TextInputService, transport());
    expect((await client.receiveText({ text: TEXT })).wordCount).toBe(WORDS);
    const chunks = async function* () {
      for (let n = 0; n < 10; n++) yield { text: Buffer.from(TEXT) };
    };
    expect((await client.receiveTextStream(chunks())).wordCount).toBe(10 * WORDS);
  });
});
