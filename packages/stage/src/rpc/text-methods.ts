import type { DescMessage, MessageInitShape } from '@bufbuild/protobuf';
import type { PipelineResponse, WordCount } from '@flotilla/contracts';
import { AnalysisResponseSchema, CleanResponseSchema, TextResponseSchema } from '@flotilla/contracts/rpc';
import type { RpcCaller } from '@flotilla/http-server/rpc';
import { stageNumbered } from '@flotilla/topology';
import { mediaTypes } from '../input/text-format.js';
import { CleanedText, countCodePoints } from './cleaned-text.js';
import type { LocalBody } from './in-process-exchange.js';
import type { StageCall } from './stage-call.js';

/** What a call asks of a stage that takes a text. */
export interface TextInput {
  /** In UTF-8. */
  readonly text: LocalBody;
  /** Of the text; undefined: it is not known beforehand. */
  readonly lengthBytes: number | undefined;
  /** Empty: none. */
  readonly requestId: string;
  /** The message's field 3; false where it has none. */
  readonly flag: boolean;
}

/** A request's field 3, a bool that says what is wanted. It may stand behind the text, and the work on that begins before. */
interface FlagBehindText<Response extends DescMessage> {
  /** The value whose answer holds all that the other's does. */
  readonly fuller: boolean;
  /** Whether that answer costs nearly nothing more, so that it is asked for until the flag is known. */
  readonly isCheap: boolean;
  /** Makes the other's answer of it. */
  lessen(answer: MessageInitShape<Response>): MessageInitShape<Response>;
}

/** A method whose request is a text. */
export interface TextMethod<Response extends DescMessage = DescMessage> {
  readonly response: Response;
  /** Undefined: the request has none. */
  readonly flag: FlagBehindText<Response> | undefined;
  run(call: StageCall, caller: RpcCaller, input: TextInput): Promise<MessageInitShape<Response>>;
}

const type = mediaTypes.plain;

/** Takes a `TextRequest`, whose flag is `include_frequencies`, to a route. */
export const textMethodAt = (route: string): TextMethod<typeof TextResponseSchema> => ({
  response: TextResponseSchema,
  // A table of all words costs more than half as much again as the work on the text.
  flag: { fuller: true, isCheap: false, lessen: (answer) => ({ ...answer, wordFrequencies: [] }) },
  run: async (call, caller, { text: body, lengthBytes, requestId, flag }) => {
    const url = flag ? `${route}?include=frequencies` : route;
    return asTextResponse(await call(caller, { url, type, body, lengthBytes, requestId }));
  },
});

/** Of the first stage. */
export const receiveText = textMethodAt(stageNumbered(1).route);

/** Its flag is `omit_cleaned_text`. */
export const cleanText: TextMethod<typeof CleanResponseSchema> = {
  response: CleanResponseSchema,
  flag: { fuller: false, isCheap: true, lessen: (answer) => ({ ...answer, cleanedText: '' }) },
  run: async (call, caller, { text: body, lengthBytes, requestId, flag }) => {
    const cleaned = new CleanedText(!flag);
    let originalLength = 0;
    const onGiven = (bytes: Uint8Array) => {
      originalLength += countCodePoints(bytes);
    };
    const onHandedOn = (bytes: Uint8Array) => cleaned.add(bytes);
    const url = stageNumbered(2).route;
    const answer = await call(caller, { url, type, body, lengthBytes, requestId, onGiven, onHandedOn });
    return {
      cleanedText: cleaned.text(),
      originalLength,
      cleanedLength: cleaned.codePoints,
      analysis: asAnalysis(answer),
    };
  },
};

/** It has no flag. */
export const analyzeText: TextMethod<typeof AnalysisResponseSchema> = {
  response: AnalysisResponseSchema,
  flag: undefined,
  run: async (call, caller, { text: body, lengthBytes, requestId }) =>
    asAnalysis(await call(caller, { url: stageNumbered(3).route, type, body, lengthBytes, requestId })),
};

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
