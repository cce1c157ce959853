import { buildRelayApp, relaySettingsOf, type StageDependencies } from '@flotilla/stage';
import { analyze } from './analyze.js';

/** The settings of service 3. */
export const settings = [...relaySettingsOf(3), 'maxWordBytes', 'maxUniqueWords'] as const;

/** Builds the app of service 3 from its dependencies. It does not listen. */
export function buildApp(dependencies: StageDependencies<typeof settings>) {
  const { maxWordBytes, maxUniqueWords } = dependencies.config;
  return buildRelayApp(dependencies, { stage: 3, begin: analyze({ maxWordBytes, maxUniqueWords }) });
}
