import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { freePorts } from '../../measure/free-ports.ts';
import { HttpMessages } from '../../measure/http-messages.ts';
import { startProcess } from '../../measure/started-process.ts';
import { generator, parseLoadResult } from '../load.ts';
import { MIN_BODY_BYTES, payload } from '../payload.ts';

test("the last line of a load generator's output is its result, in milliseconds and seconds", () => {
  const output = [
    'Running 4s test @ http://127.0.0.1:1/process',
    'Requests/sec:  35990.11',
    '{"requests":143960,"duration_us":4000123,"p50_us":406,"p99_us":1080,"errors":2}',
    '',
  ].join('\n');
  expect(parseLoadResult(output)).toEqual({
    requests: 143960,
    seconds: 4.000123,
    p50Ms: 0.406,
    p99Ms: 1.08,
    errors: 2,
  });
});

test.each(['', 'unable to connect to 127.0.0.1:1', '{"requests":1,"duration_us":4000123,"p50_us":406}'])(
  'output without a whole result is refused: %s',
  (output) => {
    expect(() => parseLoadResult(output)).toThrow('the load generator');
  },
);

test('HTTP messages are found wherever the stream is cut', () => {
  const stream = Buffer.from(
    'POST /process HTTP/1.1\r\nContent-Length: 12\r\n\r\n{"text":"a"}GET / HTTP/1.1\r\nhost: a\r\n\r\n',
  );
  for (let cut = 0; cut <= stream.length; cut++) {
    const seen: [string, string][] = [];
    const messages = new HttpMessages((head, body) => seen.push([head.split(' ')[0] as string, body.toString()]));
    for (const chunk of [stream.subarray(0, cut), stream.subarray(cut)]) messages.write(chunk);
    expect(seen).toEqual([
      ['POST', '{"text":"a"}'],
      ['GET', ''],
    ]);
  }
});

test.each([MIN_BODY_BYTES, 45, 1024])('a body of %i bytes is JSON of that length', (bytes) => {
  expect(Buffer.byteLength(payload(bytes))).toBe(bytes);
  expect(JSON.parse(payload(bytes))).toHaveProperty('text');
});

/** What the own generator counts against the upstream, when it posts so many bytes and 1024 are expected. */
async function runGenerator(postedBytes: number) {
  const folder = await mkdtemp(join(tmpdir(), 'flotilla-bench-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const [port] = (await freePorts(1)) as [number];
  const program = join(import.meta.dirname, '../programs/upstream.ts');
  const parameters = [program, '1024', String(port)];
  const upstream = await startProcess({ name: 'upstream', program: process.execPath, parameters, port, folder });
  onTestFinished(() => upstream.end());
  const bodyFile = join(folder, 'body.json');
  await writeFile(bodyFile, payload(postedBytes));
  return generator.run({ url: `http://127.0.0.1:${port}/process`, bodyFile, connections: 2, seconds: 1 });
}

test('where wrk is missing our own generator takes its place', async () => {
  const { requests, errors, p50Ms, p99Ms } = await runGenerator(1024);
  expect(requests).toBeGreaterThan(0);
  expect(errors).toBe(0);
  expect(p99Ms).toBeGreaterThanOrEqual(p50Ms);
});

test('the upstream refuses a body that lost something, and that counts as an error', async () => {
  const { requests, errors } = await runGenerator(1000);
  expect(requests).toBeGreaterThan(0);
  expect(errors).toBe(requests);
});
