import type { InstanceAddress } from '@flotilla/contracts';
import { type AppConfig, type AppDependencies, type BodyLimit, createApp } from '@flotilla/service-kit';
import type { Stage } from '@flotilla/topology';
import type { FastifyInstance } from 'fastify';
import { Upstream, type UpstreamConfig } from './http/upstream.js';
import { countTries, measureUpstream } from './metrics.js';
import { proxy } from './proxy.js';
import { statsOf } from './stats.js';

/** What a balancer's app is made of, beside what every app is. */
export interface BalancerDependencies extends Omit<AppDependencies, 'api' | 'config'> {
  readonly config: AppConfig & UpstreamConfig;
  readonly stage: Stage;
  readonly instances: readonly InstanceAddress[];
  readonly limit: BodyLimit;
}

/** Builds a balancer: the stage's route over its instances, and `/stats`. It does not listen. */
export async function buildBalancer(dependencies: BalancerDependencies): Promise<FastifyInstance> {
  const { config, stage, instances, limit, metrics } = dependencies;
  const api = { role: 'balancer', route: stage.route, stage: stage.number } as const;
  const app = await createApp({ ...dependencies, api });
  const upstream = new Upstream(instances, config, countTries(metrics));
  measureUpstream(metrics, upstream);
  app.post(stage.route, proxy({ upstream, service: stage.service, limit }));
  app.get('/stats', () => statsOf(upstream));
  app.addHook('onClose', () => upstream.close());
  return app;
}
