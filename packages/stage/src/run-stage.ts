import type { SettingName } from '@flotilla/contracts';
import { runProcess } from '@flotilla/service-kit';
import { type StageNumber, stageNumbered } from '@flotilla/topology';
import type { FastifyInstance } from 'fastify';
import type { StageDependencies } from './relay-app.js';

/** Runs an instance of a stage's service, as its environment says, until it is told to stop. */
export async function runStage<const Name extends SettingName>(
  number: StageNumber,
  settings: readonly (Name | 'instanceId')[],
  build: (dependencies: StageDependencies<readonly (Name | 'instanceId')[]>) => Promise<FastifyInstance>,
): Promise<void> {
  const stage = stageNumbered(number);
  await runProcess({
    settings,
    defaults: { servicePort: String(stage.port), ...nextStageDefault(number) },
    identity: ({ instanceId }) => ({ service: stage.service, instance: stage.service + instanceId, stage: number }),
    build,
  });
}

/** A service alone on a machine finds the next stage where a sequential or a parallel fleet has it. */
function nextStageDefault(number: StageNumber): Partial<Record<SettingName, string>> {
  if (number === 4) return {};
  const next = (number + 1) as 2 | 3 | 4;
  return { [`service${next}Url`]: `http://127.0.0.1:${stageNumbered(next).port}` };
}
