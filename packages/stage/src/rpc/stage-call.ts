import {
  FlotillaError,
  header,
  type PipelineResponse,
  type Problem,
  type ProblemCode,
  problems,
} from '@flotilla/contracts';
import { fieldValue, type Handler, type HttpExchange } from '@flotilla/http-server';
import { asConnectError, type RpcCaller } from '@flotilla/http-server/rpc';
import { takeRequestId } from '../input/request-id.js';
import { InProcessExchange, type LocalAnswer, type LocalRequest } from './in-process-exchange.js';

/** What a call gives its stage. */
interface StageCallInput extends Pick<LocalRequest, 'url' | 'type' | 'body' | 'lengthBytes' | 'onGiven'> {
  /** Empty: the call brought none. */
  readonly requestId: string;
  readonly onHandedOn?: HttpExchange['onHandedOn'];
}

/** Has a stage's handler work on what a call brought. Its failures are connect's errors. */
export type StageCall = (caller: RpcCaller, input: StageCallInput) => Promise<PipelineResponse>;

/** @param handler - That of the stage's REST route. */
export function stageCall(handler: Handler): StageCall {
  return async (caller, { requestId, onHandedOn, ...request }) => {
    const { context, request: outer } = caller.exchange;
    try {
      if (requestId !== '') takeRequestId(context)(requestId);
      const local = new InProcessExchange(
        { ...request, remainingMs: caller.remainingMs(), signal: caller.signal },
        outer,
      );
      await handler({ request: local, response: local, context, onHandedOn });
      const answer = await local.answer;
      passOn(answer, caller);
      return read(answer);
    } catch (error) {
      throw asConnectError(error, caller.exchange);
    }
  };
}

/** Who worked on it. */
function passOn({ headers }: LocalAnswer, caller: RpcCaller): void {
  const servedBy = fieldValue(headers, header.servedBy);
  if (servedBy !== undefined) caller.setHeader(header.servedBy, servedBy);
}

/** @throws FlotillaError with what a stage further down has said is wrong. */
function read({ status, headers, body }: LocalAnswer): PipelineResponse {
  if (status === 200) return JSON.parse(body.toString()) as PipelineResponse;
  const failedStage = fieldValue(headers, header.failedStage);
  const told = failedStage === undefined ? {} : { [header.failedStage]: failedStage };
  throw new FlotillaError(codeOf(body) ?? 'FLT_NEXT_STAGE_FAILED', '', {}, told);
}

function codeOf(body: Buffer): ProblemCode | undefined {
  try {
    const { code } = JSON.parse(body.toString()) as Partial<Problem>;
    return code !== undefined && Object.hasOwn(problems, code) ? (code as ProblemCode) : undefined;
  } catch {
    return undefined;
  }
}
