import { type InstanceAddress, type SettingName, standardMethods } from '@flotilla/contracts';
import { addRoutes, type BodyLimit, type Handler, type RpcRoutes } from '@flotilla/http-server';
import { type Config, describeError, type Lifecycle } from '@flotilla/process';
import { type AppConfig, type AppDependencies, createApp } from '@flotilla/service-kit';
import type { Stage } from '@flotilla/topology';
import type { ClusterEvent } from '@flotilla/upstream';
import { Membership, type NameService, Upstream, upstreamSettings } from '@flotilla/upstream';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { registerAdmin } from './admin.js';
import { countTries, measureUpstream } from './metrics.js';
import { monitorOverload } from './overload-monitor.js';
import { proxy } from './proxy.js';
import { rpcProxy } from './rpc-proxy.js';
import { statsOf } from './stats.js';

/** The settings of a balancer, but for its instances and limits, which are its stage's. */
export const balancerSettings = [
  ...upstreamSettings,
  'adminToken',
  'dnsIntervalMs',
  'shedDelayMs',
] as const satisfies readonly SettingName[];

/** What a balancer's app is made of, beside what every app is. */
export interface BalancerDependencies extends Omit<AppDependencies, 'api' | 'config'> {
  readonly config: AppConfig & Config<(typeof balancerSettings)[number]>;
  readonly stage: Stage;
  /** Instances, and names that stand for some. */
  readonly instances: readonly InstanceAddress[];
  readonly limit: BodyLimit;
  /** Of bodies that are a text, and nothing else. */
  readonly streamLimit: BodyLimit;
  /** How names are looked up; the system's way if it is not given. */
  readonly names?: NameService;
}

/** Builds a balancer: the stage's route over its instances, and `/stats`. It does not listen. */
export async function buildBalancer(dependencies: BalancerDependencies): Promise<FastifyInstance> {
  const { config, stage, limit, streamLimit, metrics, logger, identity } = dependencies;
  const { route, summary, requestSchema } = stage;
  const api = { role: 'balancer', route, summary, requestSchema } as const;
  const app = await createApp({ ...dependencies, api });
  const membership = new Membership(dependencies.instances, config.dnsIntervalMs, dependencies.names);
  const members = await membership.resolve();
  const onFault = (error: unknown) => logger.error({ error: describeError(error) }, 'unexpected error');
  const upstream = new Upstream(members, config, {
    ...countTries(metrics),
    onEvent: (event) => log(logger, event),
    onFault,
  });
  measureUpstream(metrics, upstream);
  const handler = proxy({
    upstream,
    service: stage.service,
    name: identity.instance,
    limit,
    streamLimit,
    isIdempotent: true,
    idleTimeoutFor: stage.idleTimeoutFor,
  });
  const methods = stage.rpc.methods;
  const calls = rpcProxy({ upstream, service: stage.service, name: identity.instance, streamLimit, methods });
  const rpc = rpcRoutes(stage, calls, dependencies.lifecycle);
  addRoutes(app, { http: [{ method: 'POST', path: stage.route, handler }], rpc }, dependencies);
  app.get('/stats', () => statsOf(upstream));
  if (config.adminToken !== '') await registerAdmin(app, upstream, config.adminToken);
  membership.watch(members, (changed) => {
    logger.info({ instances: changed.map(({ key }) => key) }, 'membership');
    upstream.setMembers(changed);
  });
  const endLoadWatch = monitorOverload(config.shedDelayMs, (isOn) => {
    logger.warn({ shedding: isOn }, 'overload');
    upstream.isSheddingLoad = isOn;
  });
  app.addHook('onClose', () => {
    endLoadWatch();
    membership.stop();
    upstream.close();
  });
  return app;
}

/** What a balancer answers itself is told by its path; all else goes to an instance. */
function rpcRoutes({ rpc }: Stage, calls: Handler, lifecycle: Lifecycle): RpcRoutes {
  let own: Promise<Handler> | undefined;
  return {
    paths: [...rpc.methods.map(({ path }) => path), ...standardMethods],
    handler: async (exchange) => {
      if (!standardMethods.includes(exchange.request.url)) {
        await calls(exchange);
        return;
      }
      own ??= import('./local-services.js').then(({ localServices }) => localServices(rpc.service, lifecycle));
      await (await own)(exchange);
    },
  };
}

function log(logger: Logger, event: ClusterEvent): void {
  const { kind, ...rest } = event;
  // `instance` says whose line it is.
  const fields = 'instance' in rest ? { ...rest, instance: undefined, upstream: rest.instance } : rest;
  if (kind === 'healthy' || kind === 'readmitted') logger.info(fields, kind);
  else logger.warn(fields, kind);
}
