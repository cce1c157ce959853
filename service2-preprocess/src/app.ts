import { buildRelayApp, relaySettingsOf, type StageDependencies } from '@flotilla/stage';
import { preprocess } from './preprocess.js';

/** The settings of service 2. */
export const settings = [...relaySettingsOf(2), 'maxWordBytes'] as const;

/** Builds the app of service 2 from its dependencies. It does not listen. */
export function buildApp(dependencies: StageDependencies<typeof settings>) {
  const { maxWordBytes } = dependencies.config;
  return buildRelayApp(dependencies, { stage: 2, begin: preprocess({ maxWordBytes }) });
}
