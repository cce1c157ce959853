import { buildRelayApp, relaySettingsOf, type StageDependencies } from '@flotilla/stage';
import { input } from './input.js';

/** The settings of service 1. */
export const settings = relaySettingsOf(1);

/** Builds the app of service 1 from its dependencies. It does not listen. */
export function buildApp(dependencies: StageDependencies<typeof settings>) {
  return buildRelayApp(dependencies, { stage: 1, begin: input });
}
