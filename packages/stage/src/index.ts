export { buildAnswerApp } from './answer-app.js';
export type { AnswerWork, BeginAnswer } from './answer-stage.js';
export type { NextBody } from './next-body.js';
export { buildRelayApp, relaySettings, type StageDependencies, stageSettings } from './relay-app.js';
export { requestIdMember, takeRequestId } from './request-id.js';
export { runStage } from './run-stage.js';
export { endWithRequestId, TextBodyReader, TextBodyWriter } from './text-body.js';
export type { BeginRelay, StageRequest, StageWork } from './work.js';
