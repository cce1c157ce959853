import { type SettingName, stageUrlSetting } from '@flotilla/contracts';
import { runProcess } from '@flotilla/service-kit';
import { nextStage, type Stage, stageNumbered } from '@flotilla/topology';
import type { FastifyInstance } from 'fastify';
import type { StageDependencies } from './relay-app.js';

/** Runs an instance of a stage's service, as its environment says, until it is told to stop. */
export async function runStage<const Name extends SettingName>(
  number: number,
  settings: readonly (Name | 'instanceId')[],
  build: (dependencies: StageDependencies<readonly (Name | 'instanceId')[]>) => Promise<FastifyInstance>,
): Promise<void> {
  const stage = stageNumbered(number);
  await runProcess({
    settings,
    defaults: { servicePort: String(stage.port), ...nextStageDefault(stage) },
    identity: ({ instanceId }) => ({ service: stage.service, instance: stage.service + instanceId, stage: number }),
    build,
  });
}

/** A service alone on a machine finds the next stage where a sequential or a parallel fleet has it. */
function nextStageDefault(stage: Stage): Partial<Record<SettingName, string>> {
  const next = nextStage(stage);
  return next ? { [stageUrlSetting(next)]: `http://127.0.0.1:${next.port}` } : {};
}
