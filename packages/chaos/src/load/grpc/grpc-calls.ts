import { type DescMessage, type MessageShape, toJson } from '@bufbuild/protobuf';
import type { CallOptions } from '@connectrpc/connect';
import { AnalysisResponseSchema, CleanResponseSchema, TextResponseSchema } from '@flotilla/contracts/rpc';
import type { KnownText } from '../known-text.js';
import type { Clients } from './channel.js';

type Members = Record<string, unknown>;

/** A method of a stage, and what it must answer about a text. */
export interface GrpcCall {
  /** Its number. */
  readonly stage: number;
  /** @returns every member of the answer, but for those that may be anything. */
  send(clients: Clients, text: KnownText, requestId: string, options: CallOptions): Promise<Members>;
  right(text: KnownText): Members;
}

/** Each stage's own, the first before the later ones; the work goes on from there. */
export const calls: readonly [GrpcCall, ...GrpcCall[]] = [
  {
    stage: 1,
    send: async ({ input }, { utf8 }, requestId, options) =>
      textAnswer(await input.receiveText({ text: utf8.toString(), requestId }, options)),
    right: rightText,
  },
  {
    stage: 2,
    send: async ({ preprocess }, { utf8 }, requestId, options) =>
      membersOf(CleanResponseSchema, await preprocess.cleanText({ text: utf8.toString(), requestId }, options)),
    right: (text) => {
      const { text: cleanedText, originalLength, cleanedLength } = text.cleaned;
      return { cleanedText, originalLength, cleanedLength, analysis: rightAnalysis(text) };
    },
  },
  {
    stage: 3,
    send: async ({ analysis }, { cleaned: { text } }, requestId, options) =>
      membersOf(AnalysisResponseSchema, await analysis.analyzeText({ text, requestId }, options)),
    right: rightAnalysis,
  },
  {
    stage: 4,
    send: async ({ report }, { expected, cleaned }, requestId, options) => {
      const { wordCount: totalWords, uniqueWords } = expected;
      const { originalLength, cleanedLength } = cleaned;
      const counts = { totalWords, uniqueWords, originalLength, cleanedLength, wordFrequencies: frequencies(expected) };
      const answer = await report.generateReport({ requestId, ...counts }, options);
      return { report: answer.report };
    },
    right: ({ expected: { report } }) => ({ report }),
  },
];

const CHUNK_BYTES = 64 * 1024;

/** A text of any length, in chunks. */
export const upload: GrpcCall = {
  stage: 1,
  send: async ({ input }, { utf8 }, requestId, options) =>
    textAnswer(await input.receiveTextStream(chunks(utf8, requestId), options)),
  right: rightText,
};

async function* chunks(utf8: Buffer, requestId: string) {
  for (let start = 0; start < utf8.length; start += CHUNK_BYTES) {
    yield { text: utf8.subarray(start, start + CHUNK_BYTES), requestId: start === 0 ? requestId : '' };
  }
}

function textAnswer(answer: MessageShape<typeof TextResponseSchema>): Members {
  const { message: _, ...members } = membersOf(TextResponseSchema, answer);
  return members;
}

/** What a message leaves out stands there as empty. */
function membersOf<Schema extends DescMessage>(schema: Schema, message: MessageShape<Schema>): Members {
  return toJson(schema, message, { alwaysEmitImplicit: true }) as Members;
}

function rightText({ expected }: KnownText): Members {
  const { wordCount, uniqueWords, report } = expected;
  const topWords = frequencies(expected);
  return { status: 'success', wordCount, report, topWords, uniqueWords, wordFrequencies: [] };
}

function rightAnalysis({ expected }: KnownText): Members {
  const { wordCount: totalWords, uniqueWords, report } = expected;
  return { topWords: frequencies(expected), totalWords, uniqueWords, report };
}

function frequencies({ topWords }: KnownText['expected']) {
  return topWords.map(([word, count]) => ({ word, count }));
}
