import type { UnaryMethod } from '@flotilla/http-server/rpc';
import type { Stage } from '@flotilla/topology';
import { ReportWork } from './report-work.js';
import type { StageCall } from './stage-call.js';
import { analyzeText, cleanText, receiveText, type TextMethod, textMethodAt } from './text-methods.js';
import { TextWork } from './text-work.js';

/** The methods of a stage with one message each way, over the stage's own handler. */
export function unaryMethods({ rpc, route }: Stage, call: StageCall): UnaryMethod[] {
  const factory = handlerFactories[rpc.service] ?? ofText(textMethodAt(route));
  const begin = factory(call);
  return rpc.methods.filter(({ isClientStreaming }) => !isClientStreaming).map(({ path }) => ({ path, begin }));
}

type HandlerFactory = (call: StageCall) => UnaryMethod['begin'];

const ofText =
  (method: TextMethod): HandlerFactory =>
  (call) =>
  (caller, lengthBytes, resume) =>
    new TextWork({ method, call, caller, lengthBytes, resume });

/** By the name of the service, those whose messages are their own. */
const handlerFactories: Readonly<Record<string, HandlerFactory>> = {
  'pipeline.TextInputService': ofText(receiveText),
  'pipeline.PreprocessService': ofText(cleanText),
  'pipeline.AnalysisService': ofText(analyzeText),
  'pipeline.ReportService': (call) => (caller) => new ReportWork(call, caller),
};
