import { stages } from '@flotilla/topology';
import { imageName } from '@flotilla/topology/compose';
import { describe, expect, test } from 'vitest';
import { docker, inspect } from './docker.js';
import { composeFleet, healthOf, killProcess, statsOf } from './fleet.js';
import { type LoadResult, underLoad, waitFor } from './load.js';
import { COMPOSE_NETWORK, containerName } from './pipeline.js';

composeFleet('parallel');

const CLIENTS = 8;

/** Waits until so many more requests have been answered. */
async function more(result: LoadResult, count: number): Promise<void> {
  const goal = result.requests + count;
  await waitFor(`${count} more requests are answered`, () => result.requests >= goal);
}

/** An instance as its container and its stage's balancer know it. */
interface Victim {
  readonly name: string;
  readonly container: string;
  readonly stage: number;
  /** Its key in `/stats`. */
  readonly key: string;
}

function victim(name: string): Victim {
  const found = stages.flatMap(({ number, instances }) =>
    instances.filter((each) => each.name === name).map(({ port }) => ({ stage: number, key: `${name}:${port}` })),
  );
  return { name, container: containerName(name), stage: 0, key: '', ...found[0] };
}

async function countsOf({ stage, key }: Victim) {
  return (await statsOf(stage)).stats[key] ?? { requests: 0, errors: 0 };
}

/** What its balancer holds of an instance. */
async function stateOf({ stage, key }: Victim): Promise<string | undefined> {
  return (await statsOf(stage)).stats[key]?.state;
}

/** Waits until an instance answers again: requests reach it, and none of them fails there. */
async function inService(target: Victim): Promise<void> {
  let before = await countsOf(target);
  await waitFor(`${target.name} serves again`, async () => {
    const now = await countsOf(target);
    if (now.errors > before.errors) before = now;
    return now.requests >= before.requests + 5;
  });
}

/**
 * Does something while an address of the network is taken. The engine gives the lowest one that is free, and a
 * container that comes back would have its old one again.
 */
async function whileTaken(address: string, work: () => Promise<unknown>): Promise<void> {
  const holders: string[] = [];
  const run = ['run', '--detach', '--rm', '--network', COMPOSE_NETWORK, '--entrypoint', 'sleep'];
  try {
    do holders.push(await docker([...run, imageName('client'), 'infinity']));
    while ((await addressOf(holders.at(-1) ?? '')) !== address);
    await work();
  } finally {
    await docker(['rm', '--force', ...holders]);
  }
}

async function addressOf(container: string): Promise<string> {
  return inspect(container, `(index .NetworkSettings.Networks "${COMPOSE_NETWORK}").IPAddress`);
}

describe('under load, nothing is lost', () => {
  test('when a process is killed; Docker starts it again', async () => {
    const target = victim('service1a');
    const { requests, failures } = await underLoad(CLIENTS, async (result) => {
      await more(result, 20);
      await killProcess(target.name);
      await waitFor('it has been restarted', async () => (await inspect(target.container, '.RestartCount')) === '1');
      await inService(target);
    });
    expect(failures).toEqual([]);
    expect(requests).toBeGreaterThan(40);
    await waitFor('it is healthy', async () => (await healthOf(target.name)) === 'healthy');
  });

  test('when a container is stopped, and started again', async () => {
    const target = victim('service2b');
    const { failures } = await underLoad(CLIENTS, async (result) => {
      await more(result, 20);
      await docker(['stop', target.container]);
      await waitFor('its balancer has turned away', async () => (await stateOf(target)) === 'unhealthy');
      await more(result, 20);
      await docker(['start', target.container]);
      await inService(target);
    });
    expect(failures).toEqual([]);
  });

  test.each(['service1d', 'service4c'].map(victim))(
    'when $name is cut off from the network, and comes back with another address',
    async (target) => {
      const { container, name } = target;
      const address = await addressOf(container);
      const balancersStarted = await startsOfBalancers();
      const { failures } = await underLoad(CLIENTS, async (result) => {
        await more(result, 20);
        await docker(['network', 'disconnect', COMPOSE_NETWORK, container]);
        // A packet to an address that is no more is lost in silence: health checks find that out, on both sides.
        await waitFor('its balancer has turned away', async () => (await stateOf(target)) === 'unhealthy');
        await more(result, 20);
        await whileTaken(address, () => docker(['network', 'connect', '--alias', name, COMPOSE_NETWORK, container]));
        await inService(target);
        await more(result, 100);
      });
      expect(failures).toEqual([]);
      expect(await addressOf(container)).not.toBe(address);
      expect(await startsOfBalancers()).toEqual(balancersStarted);
    },
  );
});

async function startsOfBalancers(): Promise<string[]> {
  return Promise.all(stages.map(({ balancer }) => inspect(containerName(balancer), '.State.StartedAt')));
}
