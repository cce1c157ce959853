import { addRoutes, bodyLimit } from '@flotilla/http-server';
import { createApp } from '@flotilla/service-kit';
import { stageNumbered } from '@flotilla/topology';
import type { FastifyInstance } from 'fastify';
import { answerStage, type BeginAnswer } from './answer-stage.js';
import { apiOf, type StageDependencies, type stageSettings } from './relay-app.js';
import { stageRpcRoutes } from './rpc-routes.js';

/** The stage that has no other behind it. */
export interface AnswerDefinition {
  /** Its number. */
  readonly stage: number;
  readonly begin: BeginAnswer;
}

/** Builds the app of the last stage's service. It does not listen. */
export async function buildAnswerApp(
  dependencies: StageDependencies<typeof stageSettings>,
  { stage: number, begin }: AnswerDefinition,
): Promise<FastifyInstance> {
  const { identity, config } = dependencies;
  const stage = stageNumbered(number);
  const app = await createApp({ ...dependencies, api: apiOf(stage) });
  const handler = answerStage({ identity, limit: bodyLimit(stage.bodyLimit, config), begin });
  const rpc = stageRpcRoutes(stage, handler, dependencies.lifecycle);
  addRoutes(app, { http: [{ method: 'POST', path: stage.route, handler }], rpc }, dependencies);
  return app;
}
