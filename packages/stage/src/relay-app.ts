import { type SettingName, type StageUrlSetting, stageUrlSetting } from '@flotilla/contracts';
import { addRoutes, bodyLimit, streamLimit } from '@flotilla/http-server';
import { type Config, describeError } from '@flotilla/process';
import { type AppConfig, type AppDependencies, createApp } from '@flotilla/service-kit';
import { nextStage, type Stage, stageNumbered } from '@flotilla/topology';
import { Upstream, upstreamSettings } from '@flotilla/upstream';
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

const relaySettings = [...stageSettings, 'maxStreamBytes', ...upstreamSettings] as const;

/** The settings of a service that calls the next stage: where that is among them. */
export function relaySettingsOf(number: number) {
  return [...relaySettings, stageUrlSetting(nextOf(stageNumbered(number)))] as const;
}

function nextOf(stage: Stage): Stage {
  const next = nextStage(stage);
  if (!next) throw new Error(`stage ${stage.number} is the last, and has no next stage`);
  return next;
}

/** What a service's app is made of: what every app is, and its settings. */
export type StageDependencies<Settings extends readonly SettingName[]> = Omit<AppDependencies, 'api' | 'config'> & {
  readonly config: AppConfig & Config<Settings[number]>;
};

/** One stage of those that have another behind them. */
export interface RelayDefinition {
  /** Its number. */
  readonly stage: number;
  readonly begin: BeginRelay;
}

/** Builds the app of a service that works on a text and hands it on. It does not listen. */
export async function buildRelayApp(
  dependencies: StageDependencies<readonly [...typeof relaySettings, StageUrlSetting]>,
  { stage: number, begin }: RelayDefinition,
): Promise<FastifyInstance> {
  const { identity, config, logger } = dependencies;
  const stage = stageNumbered(number);
  const app = await createApp({ ...dependencies, api: apiOf(stage) });
  const onFault = (error: unknown) => logger.error({ error: describeError(error) }, 'unexpected error');
  const next = nextOf(stage);
  // One balancer or service, or several that are tried in turn.
  const upstream = new Upstream(config[stageUrlSetting(next)], config, { onFault });
  const limits = { json: bodyLimit(stage.bodyLimit, config), plain: streamLimit(config) };
  const outputType = stage.outputType === 'analysis' ? 'analysis' : 'text';
  const { keepsPlainText } = stage;
  const handler = relayStage({ identity, limits, outputType, keepsPlainText, next, upstream, begin });
  const rpc = stageRpcRoutes(stage, handler, dependencies.lifecycle);
  addRoutes(app, { http: [{ method: 'POST', path: stage.route, handler }], rpc }, dependencies);
  app.addHook('onClose', () => upstream.close());
  return app;
}

/** What a service says of itself in its OpenAPI document. */
export function apiOf({ route, summary, requestSchema }: Stage) {
  return { role: 'service', route, summary, requestSchema } as const;
}
