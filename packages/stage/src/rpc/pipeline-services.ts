import type { DescService } from '@bufbuild/protobuf';
import type { ConnectRouter } from '@connectrpc/connect';
import { FlotillaError, type PipelineResponse, TOP_WORDS, type WordCount } from '@flotilla/contracts';
import {
  AnalysisService,
  PreprocessService,
  type ReportRequest,
  ReportService,
  type TextChunk,
  TextInputService,
} from '@flotilla/contracts/rpc';
import { asConnectError } from '@flotilla/service-kit/rpc';
import { type StageNumber, stageNumbered } from '@flotilla/topology';
import { mediaTypes } from '../text-format.js';
import { CleanedText, countCodePoints } from './cleaned-text.js';
import type { StageCall } from './stage-call.js';

/** A stage's service, and what adds it to a router. */
export interface PipelineService {
  readonly service: DescService;
  readonly implement: (router: ConnectRouter, call: StageCall) => void;
}

/** The service of each stage, over the stage's own handler. */
export const pipelineServices: Readonly<Record<StageNumber, PipelineService>> = {
  1: { service: TextInputService, implement: textInput },
  2: { service: PreprocessService, implement: preprocess },
  3: { service: AnalysisService, implement: analysis },
  4: { service: ReportService, implement: report },
};

const plain = mediaTypes.plain;

function textInput(router: ConnectRouter, call: StageCall): void {
  const urlOf = (includeFrequencies: boolean) =>
    includeFrequencies ? `${stageNumbered(1).route}?include=frequencies` : stageNumbered(1).route;
  router.service(TextInputService, {
    receiveText: async ({ text, requestId, includeFrequencies }, context) => {
      const url = urlOf(includeFrequencies);
      return asTextResponse(await call(context, { url, type: plain, body: Buffer.from(text), requestId }));
    },
    receiveTextStream: async (chunks, context) => {
      const iterator = chunks[Symbol.asyncIterator]();
      const first = await iterator.next();
      const { requestId = '', includeFrequencies = false } = first.done ? {} : first.value;
      const body = textOf(first, iterator);
      return asTextResponse(await call(context, { url: urlOf(includeFrequencies), type: plain, body, requestId }));
    },
  });
}

async function* textOf(first: IteratorResult<TextChunk>, rest: AsyncIterator<TextChunk>): AsyncGenerator<Uint8Array> {
  for (let next = first; !next.done; next = await rest.next()) yield next.value.text;
}

function preprocess(router: ConnectRouter, call: StageCall): void {
  const url = stageNumbered(2).route;
  router.service(PreprocessService, {
    cleanText: async ({ text, requestId, omitCleanedText }, context) => {
      const cleaned = new CleanedText(!omitCleanedText);
      const body = Buffer.from(text);
      const onHandedOn = (bytes: Uint8Array) => cleaned.add(bytes);
      const answer = await call(context, { url, type: plain, body, requestId, onHandedOn });
      return {
        cleanedText: cleaned.text(),
        originalLength: countCodePoints(body),
        cleanedLength: cleaned.codePoints,
        analysis: asAnalysis(answer),
      };
    },
  });
}

function analysis(router: ConnectRouter, call: StageCall): void {
  const url = stageNumbered(3).route;
  router.service(AnalysisService, {
    analyzeText: async ({ text, requestId }, context) =>
      asAnalysis(await call(context, { url, type: plain, body: Buffer.from(text), requestId })),
  });
}

function report(router: ConnectRouter, call: StageCall): void {
  const url = stageNumbered(4).route;
  router.service(ReportService, {
    generateReport: async (request, context) => {
      const startedMs = performance.now();
      const body = Buffer.from(JSON.stringify({ analysis: figuresOf(request) }));
      const answer = await call(context, { url, type: mediaTypes.json, body, requestId: request.requestId });
      return { report: answer.report, processingTime: (performance.now() - startedMs) / 1000 };
    },
  });
}

function figuresOf({ totalWords, uniqueWords, wordFrequencies }: ReportRequest) {
  if (totalWords < 0 || uniqueWords < 0) {
    throw asConnectError(new FlotillaError('FLT_INVALID_REQUEST', 'total_words and unique_words are 0 or more.'));
  }
  const counts = wordFrequencies.map(({ word, count }): WordCount => [word, count]);
  return { word_count: totalWords, unique_words: uniqueWords, top_words: topOf(counts) };
}

/** The contract's order: higher count first, then the word in code-point order, which is that of its bytes in UTF-8. */
function topOf(counts: WordCount[]): WordCount[] {
  return counts
    .sort(
      ([word, count], [other, otherCount]) =>
        otherCount - count || Buffer.compare(Buffer.from(word), Buffer.from(other)),
    )
    .slice(0, TOP_WORDS);
}

function asTextResponse(answer: PipelineResponse) {
  const { status, message, word_count, report, top_words, unique_words = 0, word_frequencies = {} } = answer;
  return {
    status,
    message,
    wordCount: word_count,
    report,
    topWords: top_words.map(asWordFrequency),
    uniqueWords: unique_words,
    wordFrequencies: Object.entries(word_frequencies).map(asWordFrequency),
  };
}

function asAnalysis({ top_words, word_count, unique_words = 0, report }: PipelineResponse) {
  return { topWords: top_words.map(asWordFrequency), totalWords: word_count, uniqueWords: unique_words, report };
}

function asWordFrequency([word, count]: WordCount) {
  return { word, count };
}
