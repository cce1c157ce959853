import { rpcMethods } from '@flotilla/contracts';
import type { UnaryMethod } from '@flotilla/service-kit/rpc';
import type { StageNumber } from '@flotilla/topology';
import { ReportWork } from './report-work.js';
import type { StageCall } from './stage-call.js';
import { analyzeText, cleanText, receiveText, type TextMethod } from './text-methods.js';
import { TextWork } from './text-work.js';

/** The methods of a stage with one message each way, over the stage's own handler. */
export function unaryMethods(stage: StageNumber, call: StageCall): UnaryMethod[] {
  const begin = BEGINNINGS[stage](call);
  return rpcMethods[stage].filter(({ isClientStreaming }) => !isClientStreaming).map(({ path }) => ({ path, begin }));
}

type Begin = (call: StageCall) => UnaryMethod['begin'];

const ofText =
  (method: TextMethod): Begin =>
  (call) =>
  (caller, lengthBytes, resume) =>
    new TextWork({ method, call, caller, lengthBytes, resume });

/** Each stage has one. */
const BEGINNINGS: Readonly<Record<StageNumber, Begin>> = {
  1: ofText(receiveText),
  2: ofText(cleanText),
  3: ofText(analyzeText),
  4: (call) => (caller) => new ReportWork(call, caller),
};
