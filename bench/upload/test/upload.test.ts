import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { cleanAndCount, inPieces } from '../../measure/text-engine.ts';
import { checkAnswers } from '../check-answers.ts';
import { KnownFile, type KnownPart } from '../known-file.ts';
import { startUploader } from '../upload.ts';

const SIZE_BYTES = 300_000;

async function makeFile(): Promise<KnownFile> {
  const folder = await mkdtemp(join(tmpdir(), 'flotilla-bench-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return KnownFile.make(folder, SIZE_BYTES, 1);
}

/** What a fleet answers about a part. */
function answerTo({ expected }: KnownPart, frequencies?: unknown): Buffer {
  const { wordCount, topWords, report } = expected;
  const table = frequencies as Record<string, number> | undefined;
  return Buffer.from(
    JSON.stringify({
      status: 'success',
      word_count: wordCount,
      top_words: topWords,
      report,
      ...(table && { unique_words: Object.keys(table).length, word_frequencies: table }),
    }),
  );
}

async function frequenciesOf({ body: { file, start, end } }: KnownPart): Promise<unknown> {
  const text = (await readFile(file)).subarray(start, end);
  const pieces = [...cleanAndCount(inPieces(text)).toJson()];
  return JSON.parse(Buffer.concat(pieces).toString());
}

test('parts of a text make it up, as text and as JSON', async () => {
  const file = await makeFile();
  const whole = await readFile(file.path, 'utf8');
  for (const transfer of ['text', 'json'] as const) {
    const parts = await file.parts(3, transfer);
    const texts = await Promise.all(
      parts.map(async ({ body }) => {
        const bytes = (await readFile(body.file)).subarray(body.start, body.end).toString();
        return transfer === 'text' ? bytes : (JSON.parse(bytes) as { text: string }).text;
      }),
    );
    expect(texts).toHaveLength(3);
    expect(texts.join('')).toBe(whole);
    expect(parts.reduce((sum, { expected }) => sum + expected.wordCount, 0)).toBe(file.expected.wordCount);
  }
});

test('right answers pass, with tables only if they add up to the whole', async () => {
  const file = await makeFile();
  const parts = await file.parts(2, 'text');
  await checkAnswers(
    parts.map((part) => answerTo(part)),
    parts,
    file.expected,
    false,
  );
  const tables = await Promise.all(parts.map(frequenciesOf));
  const withTables = parts.map((part, index) => answerTo(part, tables[index]));
  await checkAnswers(withTables, parts, file.expected, true);
  const other = { ...file.expected, wordCount: file.expected.wordCount + 1 };
  await expect(checkAnswers(withTables, parts, other, true)).rejects.toThrow('wrong answer');
});

test('a wrong answer about one part is found out', async () => {
  const file = await makeFile();
  const parts = await file.parts(2, 'text');
  const [first, second] = parts.map((part) => answerTo(part)) as [Buffer, Buffer];
  await expect(checkAnswers([second, first], parts, file.expected, false)).rejects.toThrow('wrong answer');
});

/** What the uploader makes of a server that answers so. */
async function upload(answer: (request: IncomingMessage) => Promise<[status: number, body: string]>) {
  const server = createServer(async (request, response) => {
    const [status, body] = await answer(request);
    response.writeHead(status).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const uploader = startUploader();
  onTestFinished(async () => {
    await uploader.end();
    server.closeAllConnections();
    server.close();
  });
  const parts = await (await makeFile()).parts(2, 'text');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/process`;
  return { result: uploader.ask({ url, bodies: parts.map(({ body }) => body) }), parts };
}

test('files are sent whole, at once, each with its own answer', async () => {
  const { result, parts } = await upload(async (request) => {
    const body = await buffer(request);
    return [200, `${request.headers['x-request-id']} ${body.length}`];
  });
  const { answers, wallMs, senderCpuNs } = await result;
  const expected = parts.map(({ body }) => `${body.requestId} ${body.end - body.start}`);
  expect(answers.map((answer) => Buffer.from(answer).toString())).toEqual(expected);
  expect(wallMs).toBeGreaterThan(0);
  expect(senderCpuNs).toBeGreaterThan(0);
});

test('an answer of another status is told as the failure that it is', async () => {
  const { result } = await upload(async () => [413, 'too large']);
  await expect(result).rejects.toThrow('413 too large');
});
