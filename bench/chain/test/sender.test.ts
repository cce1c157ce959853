import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { type KnownText, knownText } from '../../../packages/chaos/dist/load/known-text.js';
import { requestIdOf } from '../answer-check.ts';
import { ChainSender } from '../sender.ts';

function rightAnswer({ expected }: KnownText, requestId: string): string {
  const { wordCount, report, topWords } = expected;
  const members = { status: 'success', message: 'done', word_count: wordCount, report, top_words: topWords };
  return JSON.stringify({ ...members, request_id: requestId });
}

/** A chain that has the right answer for each text, or whatever `change` makes of the n-th one. */
async function startChain(texts: readonly KnownText[], change: (answer: string, n: number) => string | number) {
  let answered = 0;
  const server = createServer((request, response) => {
    const id = request.headers['x-request-id'] as string;
    const text = texts.findIndex((_, index) => requestIdOf(index) === id) as number;
    request.resume().on('end', () => {
      const changed = change(rightAnswer(texts[text] as KnownText, id), answered++);
      if (typeof changed === 'string') response.setHeader('content-length', Buffer.byteLength(changed)).end(changed);
      else if (changed === 0) request.socket.destroy();
      else response.writeHead(changed, { 'content-length': 0 }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/process`;
}

const texts = await Promise.all([1, 2, 3].map((seed) => knownText(1000, seed)));

test('right answers are counted, as many as were asked for', async () => {
  const sender = new ChainSender(await startChain(texts, (answer) => answer), texts);
  const result = await sender.run({ connections: 4, seconds: 60, maxRequests: 50 });
  expect(result).toMatchObject({ requests: 50, failed: 0, wrong: 0, examples: [] });
  expect(result.p99Ms).toBeGreaterThanOrEqual(result.p50Ms);
  expect(result.generatorCpuNs).toBeGreaterThan(0);
});

test('a wrong answer, the first about a text or a later one, is found out', async () => {
  const isWrong = (n: number) => n === 0 || n === 20;
  const change = (answer: string, n: number) =>
    isWrong(n) ? answer.replace(/"word_count":(\d)/, '"word_count":9$1') : answer;
  const sender = new ChainSender(await startChain(texts, change), texts);
  const result = await sender.run({ connections: 1, seconds: 60, maxRequests: 30 });
  expect(result).toMatchObject({ requests: 30, failed: 0, wrong: 2 });
  expect(result.examples[0]).toContain('other word_count');
});

test('another status and a connection that breaks are failures, and it goes on', async () => {
  const change = (answer: string, n: number) => (n === 5 ? 503 : n === 7 ? 0 : answer);
  const sender = new ChainSender(await startChain(texts, change), texts);
  const result = await sender.run({ connections: 2, seconds: 60, maxRequests: 30 });
  expect(result).toMatchObject({ failed: 2, wrong: 0 });
  expect(result.examples[0]).toContain('503');
});
