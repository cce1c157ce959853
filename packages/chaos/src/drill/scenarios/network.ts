import { startFailingServer } from '../../fault-proxy/failing-server.js';
import type { Fault } from '../../fault-proxy/fault.js';
import type { FaultProxy } from '../../fault-proxy/fault-proxy.js';
import type { DrillContext, Observation, Scenario } from '../scenario.js';
import { normalLatencyMs } from '../stats.js';
import { steady } from './shape.js';

/** The instances behind proxies: one of each stage, so that one that is still ejected is not broken again. */
export const proxiedInstances = ['service1d', 'service2d', 'service3d', 'service4d'] as const;
type Proxied = (typeof proxiedInstances)[number];

/** Inside an answer's head, and behind it. */
const IN_HEAD_BYTES = 50;
const IN_BODY_BYTES = 500;
const SLOW_FACTOR = 100;

/** What goes wrong between a balancer and one instance, each fault by itself. */
export const networkScenarios: readonly Scenario[] = [
  {
    ...steady,
    name: 'always-500',
    fault: 'service3d answers 500 to all work',
    isShort: true,
    inject: async ({ fleet }) => {
      const standIn = await startFailingServer();
      const heal = await apply(fleet.proxyOf('service3d'), { kind: 'redirect', port: standIn.port });
      return async () => {
        const observation = await heal();
        await standIn.close();
        return observation;
      };
    },
  },
  {
    ...steady,
    name: 'slow',
    fault: `service4d answers ${SLOW_FACTOR} x slower`,
    inject: async (context) => {
      const { fleet } = context;
      const normalMs = await normalLatencyMs(fleet, 4);
      const heal = await apply(fleet.proxyOf('service4d'), { kind: 'delay', delayMs: SLOW_FACTOR * normalMs });
      return async () => ({ ...(await heal()), notes: [`${(SLOW_FACTOR * normalMs).toFixed(0)} ms later`] });
    },
  },
  proxied(
    'reset-answer',
    'service1d',
    'resets in mid-response',
    {
      kind: 'reset',
      side: 'response',
      afterBytes: IN_BODY_BYTES,
    },
    true,
  ),
  proxied('refuse', 'service2d', 'refuses connections', { kind: 'refuse' }),
  proxied('reset-request', 'service3d', 'resets in mid-request', {
    kind: 'reset',
    side: 'request',
    afterBytes: IN_HEAD_BYTES,
  }),
  proxied('black-hole', 'service4d', 'accepts, and never reads or answers', { kind: 'black-hole' }),
  proxied('drip', 'service1d', 'drips its answers: 10 bytes a second', {
    kind: 'drip',
    side: 'response',
    bytes: 1,
    intervalMs: 100,
  }),
  proxied('half-close', 'service2d', 'half-closes in mid-response', {
    kind: 'half-close',
    afterBytes: IN_BODY_BYTES,
  }),
  proxied('delay', 'service3d', 'answers 3 s later', { kind: 'delay', delayMs: 3000 }),
];

function proxied(name: string, instance: Proxied, what: string, fault: Fault, isShort = false): Scenario {
  const inject = ({ fleet }: DrillContext) => apply(fleet.proxyOf(instance), fault);
  return { ...steady, name, fault: `${instance} ${what}`, isShort, inject };
}

/** A fault that no request met proves nothing, and is reported as a figure that was missed. */
async function apply(proxy: FaultProxy, fault: Fault): Promise<() => Promise<Observation>> {
  const before = proxy.bites;
  await proxy.set(fault);
  return async () => {
    const missed = proxy.bites > before ? [] : ['no request met the fault'];
    await proxy.set({ kind: 'none' });
    return { missed };
  };
}
