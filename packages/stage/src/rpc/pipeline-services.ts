import type { DescService } from '@bufbuild/protobuf';
import type { ConnectRouter, HandlerContext, ServiceImpl } from '@connectrpc/connect';
import {
  AnalysisService,
  PreprocessService,
  ReportService,
  serviceNamed,
  type TextChunk,
  TextInputService,
  type TextRequest,
} from '@flotilla/contracts/rpc';
import { callerOf } from '@flotilla/http-server/rpc';
import type { Stage } from '@flotilla/topology';
import { generateReport } from './report-method.js';
import type { StageCall } from './stage-call.js';
import { analyzeText, cleanText, receiveText, type TextInput, textMethodAt } from './text-methods.js';

/** A stage's service, and what adds it to a router. */
export interface PipelineService {
  readonly service: DescService;
  readonly implement: (router: ConnectRouter, call: StageCall) => void;
}

/** Services whose messages are their own. */
const own: readonly PipelineService[] = [
  { service: TextInputService, implement: textInput },
  { service: PreprocessService, implement: preprocess },
  { service: AnalysisService, implement: analysis },
  { service: ReportService, implement: report },
];

/** The service of a stage by connect-es, over the stage's own handler. One that has no messages of its own takes texts. */
export function pipelineServiceOf(stage: Stage): PipelineService {
  return own.find(({ service }) => service.typeName === stage.rpc.service) ?? textService(stage);
}

function textService({ rpc, route }: Stage): PipelineService {
  const service = serviceNamed(rpc.service);
  const method = textMethodAt(route);
  const answer = (call: StageCall) => (request: TextRequest, context: HandlerContext) =>
    method.run(call, callerOf(context), inputOf(request, request.includeFrequencies));
  const implement = (router: ConnectRouter, call: StageCall) => {
    // Which methods it has is known at run time only.
    const methods = service.methods.map(({ localName }) => [localName, answer(call)]);
    router.service(service, Object.fromEntries(methods) as Partial<ServiceImpl<DescService>>);
  };
  return { service, implement };
}

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
