import { once } from 'node:events';
import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { Code, ConnectError, type ServiceImpl } from '@connectrpc/connect';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import { AnalysisService, PreprocessService, ReportService, TextInputService } from '@flotilla/contracts/rpc';
import { describe, expect, onTestFinished, test } from 'vitest';
import { grpcTransport } from '../src/load/grpc/grpc-transport.js';
import { knownText } from '../src/load/known-text.js';

const text = await knownText(300, 1);
const { wordCount, uniqueWords, report, topWords } = text.expected;
const frequencies = topWords.map(([word, count]) => ({ word, count }));
const analysis = { topWords: frequencies, totalWords: wordCount, uniqueWords, report };
const rightAnswer = { status: 'success', message: 'Counted.', wordCount, report, topWords: frequencies, uniqueWords };

/** A stand-in for the balancers of all stages. */
async function startBalancer(input: Partial<ServiceImpl<typeof TextInputService>> = {}) {
  const seen: string[] = [];
  const note = (name: string, requestId: string, { responseHeader }: { responseHeader: Headers }) => {
    seen.push(name);
    responseHeader.set('x-request-id', requestId);
  };
  const server = createServer(
    connectNodeAdapter({
      routes: (router) => {
        router.service(TextInputService, {
          receiveText: async ({ requestId }, context) => {
            note('text', requestId, context);
            return rightAnswer;
          },
          receiveTextStream: async (chunks, context) => {
            let bytes = 0;
            for await (const chunk of chunks) {
              bytes += chunk.text.length;
              if (chunk.requestId !== '') note('stream', chunk.requestId, context);
            }
            return bytes === text.utf8.length ? rightAnswer : {};
          },
          ...input,
        });
        router.service(PreprocessService, {
          cleanText: async ({ requestId }, context) => {
            note('clean', requestId, context);
            const { text: cleanedText, originalLength, cleanedLength } = text.cleaned;
            return { cleanedText, originalLength, cleanedLength, analysis };
          },
        });
        router.service(AnalysisService, {
          analyzeText: async ({ requestId, text: cleaned }, context) => {
            note('analyze', requestId, context);
            return cleaned === text.cleaned.text ? analysis : {};
          },
        });
        router.service(ReportService, {
          generateReport: async ({ requestId, totalWords }, context) => {
            note('report', requestId, context);
            return totalWords === wordCount ? { report, processingTime: 1 } : {};
          },
        });
      },
    }),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

function open(urls: readonly string[], kind: 'openCaller' | 'openUploader' = 'openCaller') {
  const caller = grpcTransport[kind]({ urlsOf: () => urls, parallel: 1, timeoutMs: 10_000 });
  onTestFinished(() => caller.close());
  return caller;
}

/** Nothing listens on the port of echo. */
const GONE = 'http://127.0.0.1:7';

describe('the load over gRPC', () => {
  test('reaches every stage, and takes right answers for right', async () => {
    const { url, seen } = await startBalancer();
    const caller = open([url]);
    for (let n = 0; n < 12; n++) expect(await caller.request(text, `r-${n}`)).toBeUndefined();
    expect(seen.filter((name) => name !== 'text').toSorted()).toEqual(['analyze', 'clean', 'report']);
  });

  test('large texts go by the stream', async () => {
    const { url, seen } = await startBalancer();
    expect(await open([url], 'openUploader').request(text, 'large')).toBeUndefined();
    expect(seen).toEqual(['stream']);
  });

  test('a balancer that is gone: the next is asked', async () => {
    const { url } = await startBalancer();
    const caller = open([GONE, url]);
    for (let n = 0; n < 24; n++) expect(await caller.request(text, `r-${n}`)).toBeUndefined();
  });

  test('what a balancer answers is an answer: no other is asked', async () => {
    const busy = await startBalancer({
      receiveText: () => {
        throw new ConnectError('all were tried', Code.Unavailable);
      },
    });
    const other = await startBalancer();
    const caller = open([busy.url, other.url]);
    const results = await Promise.allSettled(Array.from({ length: 24 }, (_, n) => caller.request(text, `r-${n}`)));
    expect(results.filter(({ status }) => status === 'rejected').length).toBeGreaterThanOrEqual(6);
  });

  test.each([
    ['wordCount', { ...rightAnswer, wordCount: 1 }],
    ['report', { ...rightAnswer, report: '' }],
    ['topWords', { ...rightAnswer, topWords: frequencies.slice(1) }],
    ['requestId', rightAnswer],
  ])('another %s is wrong', async (name, answer) => {
    const { url } = await startBalancer({
      receiveText: async ({ requestId }, { responseHeader }) => {
        if (name !== 'requestId') responseHeader.set('x-request-id', requestId);
        return answer;
      },
    });
    const caller = open([url]);
    const wrong = [await caller.request(text, 'a'), await caller.request(text, 'b')];
    expect(wrong.filter((each) => each !== undefined).join()).toMatch(new RegExp(`^stage 1: other ${name}: `));
  });
});
