import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromBinary } from '@bufbuild/protobuf';
import { TextRequestSchema, TextResponseSchema } from '@flotilla/contracts/rpc';
import { expect, onTestFinished, test } from 'vitest';
import { freePorts } from '../../measure/free-ports.ts';
import { startProcess } from '../../measure/started-process.ts';
import { checkAnswer } from '../check-answer.ts';
import { parseH2load } from '../h2load.ts';
import { grpcPayload, payload } from '../payload.ts';
import { isHttp2 } from '../programs/grpc-answers.ts';

const OUTPUT = [
  'finished in 2.00s, 1500.00 req/s, 1.52MB/s',
  'requests: 3 total, 7 started, 3 done, 2 succeeded, 1 failed, 0 errored, 0 timeout',
  'status codes: 2 2xx, 0 3xx, 1 4xx, 0 5xx',
].join('\n');
const LOG =
  '1795306216395938\t200\t300\n1795306216395485\t400\t500\n1795306216395478\t200\t400\n1795306216395479\t-1\t9\n';

test('what h2load prints tells the errors, its log the times', () => {
  expect(parseH2load(OUTPUT, LOG, 2)).toMatchObject({ requests: 3, seconds: 2, p50Ms: 0.4, errors: 1 });
  expect(parseH2load(OUTPUT, '', 2)).toEqual({ requests: 0, seconds: 2, p50Ms: 0, p99Ms: 0, errors: 1 });
});

test('output of h2load without a result is refused', () => {
  expect(() => parseH2load('', LOG, 2)).toThrow('printed no result');
  expect(() => parseH2load(OUTPUT, '1\t200\tsoon\n', 2)).toThrow('log is not one: 1\t200\tsoon');
});

test.each([100, 129, 130, 1024, 16_386, 100_000])('a frame of %i bytes holds a request, and a response', (bytes) => {
  const frame = grpcPayload(bytes);
  const message = frame.subarray(5);
  expect(frame[0]).toBe(0);
  expect(frame.readUInt32BE(1)).toBe(message.length);
  expect(bytes - message.length).toBeLessThanOrEqual(1);
  expect(fromBinary(TextRequestSchema, message).text.length).toBeGreaterThan(bytes - 5);
  expect(fromBinary(TextResponseSchema, message).status).toMatch(/^The quick brown fox/);
});

test('the first bytes tell HTTP/2 from HTTP/1.1', () => {
  expect(isHttp2(Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'))).toBe(true);
  expect(isHttp2(Buffer.from('POST /process HTTP/1.1\r\n'))).toBe(false);
  expect(isHttp2(Buffer.from('PRI'))).toBe(false);
});

async function start(program: string, parameters: readonly string[], port: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'flotilla-bench-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(import.meta.dirname, '../programs', `${program}.ts`);
  const started = await startProcess({
    name: program,
    program: process.execPath,
    parameters: [file, ...parameters],
    port,
    folder,
  });
  onTestFinished(() => started.end());
  return `http://127.0.0.1:${port}/pipeline.TextInputService/ReceiveText`;
}

test('the upstream answers HTTP/1.1 and gRPC on one port, the relay passes gRPC on, and lost bytes are found out', async () => {
  const [port, relayPort] = (await freePorts(2)) as [number, number];
  const direct = await start('upstream', ['1024', String(port)], port);
  const relayed = await start('http2-relay', [String(relayPort), String(port)], relayPort);
  await checkAnswer('HTTP/1.1', direct, Buffer.from(payload(1024)));
  for (const url of [direct, relayed]) {
    await checkAnswer('gRPC', url, grpcPayload(1024));
    await expect(checkAnswer('gRPC', url, grpcPayload(1000))).rejects.toThrow('answered 400');
  }
});
