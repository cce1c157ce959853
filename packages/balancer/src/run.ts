import { stageInstancesSetting } from '@flotilla/contracts';
import { bodyLimit, streamLimit } from '@flotilla/http-server';
import { runProcess } from '@flotilla/service-kit';
import { stageNumbered } from '@flotilla/topology';
import { balancerSettings, buildBalancer } from './app.js';

/** The first balancer of a stage has the stage's name alone; the second is `service1-loadbalancer2`. */
const FIRST_ID = '1';

/** Runs the balancer of a stage, as its environment says, until it is told to stop. */
export async function runBalancer(number: number): Promise<void> {
  const stage = stageNumbered(number);
  const instances = stageInstancesSetting(stage);
  const localInstances = stage.instances.map(({ name, port }) => `${name}:${port}=127.0.0.1:${port}`);
  await runProcess({
    settings: [instances, 'instanceId', 'maxBodyBytes', 'maxInnerBodyBytes', 'maxStreamBytes', ...balancerSettings],
    defaults: { servicePort: String(stage.port), instanceId: FIRST_ID, [instances]: localInstances.join(',') },
    identity: ({ instanceId }) => {
      const instance = instanceId === FIRST_ID ? stage.balancer : stage.balancer + instanceId;
      return { service: stage.balancer, instance, stage: number };
    },
    build: (dependencies) =>
      buildBalancer({
        ...dependencies,
        stage,
        instances: dependencies.config[instances],
        limit: bodyLimit(stage.bodyLimit, dependencies.config),
        streamLimit: streamLimit(dependencies.config),
      }),
  });
}
