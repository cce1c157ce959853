import {
  type FlotillaError,
  header,
  isHeaderSafeId,
  PROBLEM_MEDIA_TYPE,
  problemBody,
  rpcStatusOf,
} from '@flotilla/contracts';
import type { Logger } from 'pino';
import type { RequestContext } from '../access-log/request-context.js';
import type { FaultTaker } from '../message/exchange.js';
import type { GuardedExchange } from '../message/guarded-exchange.js';
import type { PathParameters } from '../message/route-path.js';
import type { RpcProtocol } from '../message/rpc-protocol.js';
import { asProblem } from './problem-responses.js';
import type { HttpExchange } from './routes.js';
import { sendRpcProblem } from './rpc-problem.js';

/** One request that is being handled, and what becomes of it if that fails. */
export class Handling implements HttpExchange, FaultTaker {
  readonly request: HttpExchange['request'];
  /** Has fields of its own in every answer, where a browser asks for them. */
  response: HttpExchange['response'];
  readonly context: RequestContext;
  parameters: PathParameters | undefined;
  rpc: RpcProtocol | undefined;
  readonly #logger: Logger;
  #failure: unknown;

  constructor(exchange: GuardedExchange, context: RequestContext, logger: Logger) {
    this.request = exchange;
    this.response = exchange;
    this.context = context;
    this.#logger = logger;
    exchange.handling = this;
  }

  /** Answers with a problem, or breaks off the answer that has started. What fails after that is logged. */
  fault(error: unknown): void {
    // What has failed a request can come back by another way.
    if (error === this.#failure) return;
    const isFirst = this.#failure === undefined;
    this.#failure = error;
    try {
      const problem = this.#problemOf(error);
      if (isFirst) this.#refuse(problem);
    } catch {
      this.response.abort();
    }
  }

  note(error: unknown): void {
    this.#problemOf(error);
  }

  #problemOf(error: unknown): FlotillaError {
    return asProblem(error, this.context.requestId, this.#logger);
  }

  /** Answers with a problem, unless an answer has started: then all that is left is to break it off. */
  #refuse(problem: FlotillaError): void {
    const { request, response, context, rpc } = this;
    if (response.hasStarted) {
      response.abort();
      return;
    }
    const { requestId } = context;
    const headers = Object.entries(problem.headers).flat();
    if (isHeaderSafeId(requestId)) headers.push(header.requestId, requestId);
    if (rpc) {
      context.rpcCode = rpcStatusOf(problem).code;
      sendRpcProblem(response, rpc, request.header('content-type') ?? '', problem, headers);
      return;
    }
    headers.push('content-type', PROBLEM_MEDIA_TYPE);
    const body = JSON.stringify(problemBody(problem, requestId));
    response.send(problem.statusCode, headers, Buffer.from(body).toString('latin1'));
  }
}
