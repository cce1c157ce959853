import { buildAnswerApp, type StageDependencies, stageSettings } from '@flotilla/stage';
import { report } from './report.js';

/** The settings of service 4. */
export const settings = [...stageSettings, 'maxWordBytes', 'maxUniqueWords'] as const;

/** Builds the app of service 4 from its dependencies. It does not listen. */
export function buildApp(dependencies: StageDependencies<typeof settings>) {
  const { maxWordBytes, maxUniqueWords } = dependencies.config;
  return buildAnswerApp(dependencies, { stage: 4, begin: report({ maxWordBytes, maxUniqueWords }) });
}
