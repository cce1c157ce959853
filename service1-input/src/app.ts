import { buildRelayApp, relaySettings, type StageDependencies } from '@flotilla/stage';
import { input } from './input.js';

/** The settings of service 1. */
export const settings = [...relaySettings, 'service2Url'] as const;

/** Builds the app of service 1 from its dependencies. It does not listen. */
export function buildApp(dependencies: StageDependencies<typeof settings>) {
  const { service2Url: nextAddresses } = dependencies.config;
  return buildRelayApp(dependencies, { stage: 1, nextAddresses, begin: input });
}
