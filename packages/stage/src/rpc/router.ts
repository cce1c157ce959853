import { createConnectRouter } from '@connectrpc/connect';
import { MAX_MESSAGE_BYTES } from '@flotilla/contracts';
import type { Handler } from '@flotilla/http-server';
import { connectHandler, standardServices, unaryHandler } from '@flotilla/http-server/rpc';
import type { Lifecycle } from '@flotilla/process';
import type { Stage } from '@flotilla/topology';
import { pipelineServiceOf } from './pipeline-services.js';
import { stageCall } from './stage-call.js';
import { unaryMethods } from './unary-methods.js';

/** What a stage's calls lead to. Loaded with the first of them: a fleet that is not called so starts without it. */
export function stageRouter(stage: Stage, handler: Handler, lifecycle: Lifecycle): Handler {
  const router = createConnectRouter({ readMaxBytes: MAX_MESSAGE_BYTES, writeMaxBytes: MAX_MESSAGE_BYTES });
  const { service, implement } = pipelineServiceOf(stage);
  const call = stageCall(handler);
  implement(router, call);
  standardServices(router, service, lifecycle);
  return unaryHandler(unaryMethods(stage, call), connectHandler(router));
}
