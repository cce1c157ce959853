import { type Client, type ConnectError, createClient, type Transport } from '@connectrpc/connect';
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from '@connectrpc/connect-node';
import type { PipelineResponse } from '@flotilla/contracts';
import { AnalysisService, PreprocessService, ReportService, TextInputService } from '@flotilla/contracts/rpc';
import { generateText } from '@flotilla/dataset';
import { stages } from '@flotilla/topology';
import { beforeAll, describe, expect, test } from 'vitest';
import { answerOf, naiveCounts, type TestFleet, testFleet, underLoad, waitFor } from './support.js';

let fleet: TestFleet;

beforeAll(async () => {
  fleet = await testFleet({ mode: 'parallel' });
  return () => fleet.end();
});

const MESSAGE_BYTES = 100 * 1024 * 1024;
/** Node's own client refuses streams on a session that has more than 10 MB to send. */
const nodeOptions = { maxSessionMemory: 1024 };
const limits = { readMaxBytes: MESSAGE_BYTES, writeMaxBytes: MESSAGE_BYTES };

const transports: Readonly<Record<string, (baseUrl: string) => Transport>> = {
  gRPC: (baseUrl) => createGrpcTransport({ baseUrl, ...limits, nodeOptions }),
  'gRPC-Web over HTTP/1.1': (baseUrl) => createGrpcWebTransport({ baseUrl, httpVersion: '1.1', ...limits }),
  'gRPC-Web over HTTP/2': (baseUrl) => createGrpcWebTransport({ baseUrl, httpVersion: '2', ...limits }),
  'Connect over HTTP/1.1': (baseUrl) => createConnectTransport({ baseUrl, httpVersion: '1.1', ...limits }),
  'Connect over HTTP/2': (baseUrl) => createConnectTransport({ baseUrl, httpVersion: '2', ...limits }),
  'Connect in JSON': (baseUrl) => createConnectTransport({ baseUrl, httpVersion: '1.1', useBinaryFormat: false }),
};

const TEXT = "Don't stop: the well-known naïve Çay in Москва — ΟΔΥΣΣΕΥΣ, 42 times; THE end.\nThe “end”.";

/** The figures of an answer, in the shape of REST's. */
function figuresOf({
  wordCount,
  report,
  topWords,
  uniqueWords,
}: Awaited<ReturnType<Client<typeof TextInputService>['receiveText']>>) {
  const top_words = topWords.map(({ word, count }) => [word, count]);
  return { word_count: wordCount, report, top_words, unique_words: uniqueWords };
}

function restFigures({ word_count, report, top_words, unique_words }: PipelineResponse) {
  return { word_count, report, top_words, unique_words };
}

async function* inPieces(text: Buffer, pieceBytes: number) {
  for (let at = 0; at < text.length; at += pieceBytes) yield { text: text.subarray(at, at + pieceBytes) };
}

describe.each(Object.keys(transports))('%s', (name) => {
  const clientOf = (port: number) =>
    createClient(TextInputService, (transports[name] as (url: string) => Transport)(fleet.at(port)));

  test.each([
    ['a balancer', 8061],
    ['an instance', 8051],
  ])('%s answers what REST answers, and says who worked on it', async (_who, port) => {
    let headers: Headers | undefined;
    const answer = await clientOf(port).receiveText(
      { text: TEXT, requestId: 'tea', includeFrequencies: true },
      {
        onHeader: (given) => {
          headers = given;
        },
      },
    );
    expect(answer.status).toBe('success');
    expect(figuresOf(answer)).toEqual(restFigures(await answerOf(await fleet.post('/process', { text: TEXT }))));
    expect(new Map(answer.wordFrequencies.map(({ word, count }) => [word, count]))).toEqual(naiveCounts(TEXT));
    expect(headers?.get('x-request-id')).toBe('tea');
    expect(headers?.get('x-served-by')).toMatch(/^service1[a-d], service2[a-d], service3[a-d], service4[a-d]$/);
  });

  test('a text in pieces of a byte is the same text', async () => {
    const answer = await clientOf(8061).receiveTextStream(inPieces(Buffer.from(TEXT), 1));
    expect(figuresOf(answer)).toEqual(restFigures(await answerOf(await fleet.post('/process', { text: TEXT }))));
  });

  test('a method of another stage is unknown here', async () => {
    const reports = createClient(ReportService, (transports[name] as (url: string) => Transport)(fleet.at(8061)));
    await expect(reports.generateReport({})).rejects.toMatchObject({ code: 12 });
  });
});

describe('the later stages, over gRPC', () => {
  const transportTo = (port: number) => createGrpcTransport({ baseUrl: fleet.at(port) });

  test('clean, and tell what came of the text further down', async () => {
    const client = createClient(PreprocessService, transportTo(8062));
    const { cleanedText, originalLength, cleanedLength, analysis } = await client.cleanText({ text: TEXT });
    expect(naiveCounts(cleanedText)).toEqual(naiveCounts(TEXT));
    expect(originalLength).toBe([...TEXT].length);
    expect(cleanedLength).toBe([...cleanedText].length);
    expect(analysis?.totalWords).toBe([...naiveCounts(TEXT).values()].reduce((sum, count) => sum + count, 0));
    const without = await client.cleanText({ text: TEXT, omitCleanedText: true });
    expect(without).toMatchObject({ cleanedText: '', originalLength, cleanedLength });
  });

  test('count a text that is clean', async () => {
    const client = createClient(AnalysisService, transportTo(8063));
    const answer = await client.analyzeText({ text: 'b a b ü' });
    expect(answer).toMatchObject({ totalWords: 4, uniqueWords: 3 });
    expect(answer.topWords.map(({ word, count }) => [word, count])).toEqual([
      ['b', 2],
      ['a', 1],
      ['ü', 1],
    ]);
    expect(answer.report).toContain('Total words:   4');
  });

  test('report what was counted', async () => {
    const client = createClient(ReportService, transportTo(8064));
    const wordFrequencies = [
      { word: 'b', count: 2 },
      { word: 'a', count: 2 },
    ];
    const { report, processingTime } = await client.generateReport({ wordFrequencies, totalWords: 4, uniqueWords: 2 });
    expect(report).toMatch(/1 +2 +50\.00 % {2}a\n +2 +2 +50\.00 % {2}b/);
    expect(processingTime).toBeGreaterThan(0);
  });
});

describe('32 MB over gRPC', () => {
  const text = Buffer.concat([...generateText({ sizeBytes: 32_000_000, seed: 7 })]);

  test.each([1, 2, 4])('%i at once, and one in pieces: what REST answers', async (count) => {
    const client = createClient(
      TextInputService,
      createGrpcTransport({ baseUrl: fleet.at(8061), ...limits, nodeOptions }),
    );
    const headers = { 'content-type': 'text/plain; charset=utf-8' };
    const expected = restFigures(
      await answerOf(await fetch(`${fleet.at(8061)}/process`, { method: 'POST', headers, body: text })),
    );
    const whole = Array.from({ length: count }, () => client.receiveText({ text: text.toString() }));
    for (const answer of await Promise.all(whole)) expect(figuresOf(answer)).toEqual(expected);
    expect(figuresOf(await client.receiveTextStream(inPieces(text, 65_536)))).toEqual(expected);
  });
});

describe('faults, over gRPC', () => {
  test('an instance of each stage killed, and one of each restarted by SIGTERM: no call fails', async () => {
    const client = createClient(TextInputService, createGrpcTransport({ baseUrl: fleet.at(8061) }));
    const send = async (body: unknown, requestId: string) => {
      const { text } = body as { text: string };
      const answer = await client.receiveText({ text, requestId }).catch((error: ConnectError) => {
        throw new Error(`${error.message} ${JSON.stringify([...error.metadata])}`);
      });
      return JSON.stringify({ ...figuresOf(answer), request_id: requestId });
    };
    const { requests, failures } = await underLoad(send, 8, async (result) => {
      const more = (count: number) => {
        const from = result.requests;
        return waitFor(() => result.requests >= from + count, 60_000);
      };
      await more(50);
      for (const { service } of stages) {
        process.kill(fleet.pidOf(`${service}a`) as number, 'SIGKILL');
        await more(30);
      }
      await fleet.awaitReady();
      await Promise.all(stages.map(({ service }) => fleet.stopInstance(`${service}b`)));
      await more(30);
      await Promise.all(stages.map(({ service }) => fleet.startInstance(`${service}b`)));
      await more(50);
    });
    expect(failures).toEqual([]);
    expect(requests).toBeGreaterThan(250);
  });
});
