import type { DescService } from '@bufbuild/protobuf';
import type { ConnectRouter } from '@connectrpc/connect';
import {
  AnalysisService,
  PreprocessService,
  ReportService,
  type TextChunk,
  TextInputService,
} from '@flotilla/contracts/rpc';
import { callerOf } from '@flotilla/service-kit/rpc';
import type { StageNumber } from '@flotilla/topology';
import { generateReport } from './report-method.js';
import type { StageCall } from './stage-call.js';
import { analyzeText, cleanText, receiveText, type TextInput } from './text-methods.js';

/** A stage's service, and what adds it to a router. */
export interface PipelineService {
  readonly service: DescService;
  readonly implement: (router: ConnectRouter, call: StageCall) => void;
}

/** The service of each stage by connect-es, over the stage's own handler. */
export const pipelineServices: Readonly<Record<StageNumber, PipelineService>> = {
  1: { service: TextInputService, implement: textInput },
  2: { service: PreprocessService, implement: preprocess },
  3: { service: AnalysisService, implement: analysis },
  4: { service: ReportService, implement: report },
};

function textInput(router: ConnectRouter, call: StageCall): void {
  router.service(TextInputService, {
    receiveText: (request, context) =>
      receiveText.run(call, callerOf(context), inputOf(request, request.includeFrequencies)),
    receiveTextStream: async (chunks, context) => {
      const iterator = chunks[Symbol.asyncIterator]();
      const first = await iterator.next();
      const { requestId = '', includeFrequencies: flag = false } = first.done ? {} : first.value;
      const text = textOf(first, iterator);
      return receiveText.run(call, callerOf(context), { text, lengthBytes: undefined, requestId, flag });
    },
  });
}

async function* textOf(first: IteratorResult<TextChunk>, rest: AsyncIterator<TextChunk>): AsyncGenerator<Uint8Array> {
  for (let next = first; !next.done; next = await rest.next()) yield next.value.text;
}

function preprocess(router: ConnectRouter, call: StageCall): void {
  router.service(PreprocessService, {
    cleanText: (request, context) => cleanText.run(call, callerOf(context), inputOf(request, request.omitCleanedText)),
  });
}

function analysis(router: ConnectRouter, call: StageCall): void {
  router.service(AnalysisService, {
    analyzeText: (request, context) => analyzeText.run(call, callerOf(context), inputOf(request, false)),
  });
}

function report(router: ConnectRouter, call: StageCall): void {
  router.service(ReportService, {
    generateReport: (request, context) => generateReport(call, callerOf(context), request),
  });
}

function inputOf({ text, requestId }: { text: string; requestId: string }, flag: boolean): TextInput {
  const bytes = Buffer.from(text);
  return { text: [bytes], lengthBytes: bytes.length, requestId, flag };
}
