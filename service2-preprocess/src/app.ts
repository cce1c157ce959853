import { buildRelayApp, relaySettings, type StageDependencies } from '@flotilla/stage';
import { preprocess } from './preprocess.js';

/** The settings of service 2. */
export const settings = [...relaySettings, 'service3Url', 'maxWordBytes'] as const;

/** Builds the app of service 2 from its dependencies. It does not listen. */
export function buildApp(dependencies: StageDependencies<typeof settings>) {
  const { service3Url: nextAddresses, maxWordBytes } = dependencies.config;
  return buildRelayApp(dependencies, { stage: 2, nextAddresses, begin: preprocess({ maxWordBytes }) });
}
