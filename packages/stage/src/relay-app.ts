import { Upstream, upstreamSettings } from '@flotilla/balancer';
import type { InstanceAddress, SettingName } from '@flotilla/contracts';
import {
  type AppConfig,
  type AppDependencies,
  addStageRoute,
  bodyLimit,
  type Config,
  createApp,
  describeError,
  streamLimit,
} from '@flotilla/service-kit';
import { type Stage, type StageNumber, stageNumbered } from '@flotilla/topology';
import type { FastifyInstance } from 'fastify';
import { relayStage } from './relay-stage.js';
import { stageRpcRoutes } from './rpc-routes.js';
import type { BeginRelay } from './work.js';

/** The settings of every service, beside those of every process. */
export const stageSettings = [
  'instanceId',
  'maxBodyBytes',
  'maxInnerBodyBytes',
] as const satisfies readonly SettingName[];

/** The settings of a service that calls the next stage. */
export const relaySettings = [...stageSettings, 'maxStreamBytes', ...upstreamSettings] as const;

/** What a service's app is made of: what every app is, and its settings. */
export type StageDependencies<Settings extends readonly SettingName[]> = Omit<AppDependencies, 'api' | 'config'> & {
  readonly config: AppConfig & Config<Settings[number]>;
};

/** One stage of those that have another behind them. */
export interface RelayDefinition {
  readonly stage: 1 | 2 | 3;
  /** Where the next stage is: one balancer or service, or several that are tried in turn. */
  readonly nextAddresses: readonly InstanceAddress[];
  readonly begin: BeginRelay;
}

/** Builds the app of a service that works on a text and hands it on. It does not listen. */
export async function buildRelayApp(
  dependencies: StageDependencies<typeof relaySettings>,
  { stage: number, nextAddresses, begin }: RelayDefinition,
): Promise<FastifyInstance> {
  const { identity, config, logger } = dependencies;
  const stage = stageNumbered(number);
  const app = await createApp({ ...dependencies, api: apiOf(stage) });
  const onFault = (error: unknown) => logger.error({ error: describeError(error) }, 'unexpected error');
  const upstream = new Upstream(nextAddresses, config, { onFault });
  const next = stageNumbered((number + 1) as StageNumber);
  const limits = { json: bodyLimit(number === 1 ? 'outer' : 'inner', config), plain: streamLimit(config) };
  const handsOn = number === 3 ? 'analysis' : 'text';
  const handler = relayStage({ identity, limits, handsOn, keepsPlainText: number === 1, next, upstream, begin });
  const rpc = stageRpcRoutes(number, handler, dependencies.lifecycle);
  addStageRoute(app, { path: stage.route, handler, rpc }, dependencies);
  app.addHook('onClose', () => upstream.close());
  return app;
}

/** What a service says of itself in its OpenAPI document. */
export function apiOf(stage: Stage) {
  return { role: 'service', route: stage.route, stage: stage.number } as const;
}
