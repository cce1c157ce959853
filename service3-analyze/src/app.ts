import { buildRelayApp, relaySettings, type StageDependencies } from '@flotilla/stage';
import { analyze } from './analyze.js';

/** The settings of service 3. */
export const settings = [...relaySettings, 'service4Url', 'maxWordBytes', 'maxUniqueWords'] as const;

/** Builds the app of service 3 from its dependencies. It does not listen. */
export function buildApp(dependencies: StageDependencies<typeof settings>) {
  const { service4Url: nextAddresses, maxWordBytes, maxUniqueWords } = dependencies.config;
  return buildRelayApp(dependencies, { stage: 3, nextAddresses, begin: analyze({ maxWordBytes, maxUniqueWords }) });
}
