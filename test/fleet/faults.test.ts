import { stages } from '@flotilla/topology';
import { beforeAll, describe, expect, test } from 'vitest';
import { answerOf, sendTo, type TestFleet, testFleet, underLoad, waitFor } from './support.js';

let fleet: TestFleet;

beforeAll(async () => {
  fleet = await testFleet({ mode: 'parallel' });
  return () => fleet.end();
});

const CLIENTS = 8;

/** Kills a process as nothing else would: it gets no chance to end what it is at. It is held down afterwards. */
async function killAndHold(name: string): Promise<void> {
  const pid = fleet.pidOf(name);
  if (pid) process.kill(pid, 'SIGKILL');
  await fleet.stopInstance(name);
}

/** Waits until the load has made its way through the fleet some more. */
async function moreRequests(stage: number, count: number): Promise<void> {
  const { totals } = await fleet.stats(stage);
  await waitFor(async () => (await fleet.stats(stage)).totals.client_requests >= totals.client_requests + count);
}

describe('instances killed under load', () => {
  test.each(stages)('three of four of $service, one after the other: no request fails', async (stage) => {
    const victims = stage.instances.slice(0, 3).map(({ name }) => name);
    const { requests, failures } = await underLoad(sendTo(fleet), CLIENTS, async () => {
      for (const name of victims) {
        await moreRequests(stage.number, 20);
        await killAndHold(name);
        await moreRequests(stage.number, 50);
      }
      for (const name of victims) await fleet.startInstance(name);
      await moreRequests(stage.number, 50);
    });
    expect(failures).toEqual([]);
    expect(requests).toBeGreaterThan(250);
  });

  test('a crash is mended by the supervisor, and no request fails', async () => {
    const { failures } = await underLoad(sendTo(fleet), CLIENTS, async () => {
      await moreRequests(1, 20);
      const restarts = () => fleet.status().processes.find(({ name }) => name === 'service2b')?.restarts ?? 0;
      const before = restarts();
      process.kill(fleet.pidOf('service2b') as number, 'SIGKILL');
      await waitFor(() => restarts() > before);
      await fleet.awaitReady();
      await moreRequests(1, 20);
    });
    expect(failures).toEqual([]);
  });

  test('every instance restarted by SIGTERM, one of each stage at a time: no request fails', async () => {
    const { failures } = await underLoad(sendTo(fleet), CLIENTS, async () => {
      for (const letter of ['a', 'b', 'c', 'd']) {
        await Promise.all(stages.map(({ service }) => fleet.stopInstance(service + letter)));
        await Promise.all(stages.map(({ service }) => fleet.startInstance(service + letter)));
      }
    });
    expect(failures).toEqual([]);
  }, 180_000);
});

describe('a whole stage held down', () => {
  test('a clear 503 that names it, each instance tried and a few times more, no other stage blamed; and service returns', async () => {
    const stage3 = stages[2]?.instances ?? [];
    for (const { name } of stage3) await fleet.stopInstance(name);
    const before = await Promise.all([1, 2, 3, 4].map((stage) => fleet.stats(stage)));
    const response = await fleet.post('/process', { text: 'x', request_id: 'in-vain' });
    expect(response.status).toBe(503);
    expect(response.headers.get('x-failed-stage')).toBe('service3');
    expect(response.headers.get('x-request-id')).toBe('in-vain');
    expect(await response.json()).toMatchObject({ failed_stage: 'service3', status: 503 });
    const after = await Promise.all([1, 2, 3, 4].map((stage) => fleet.stats(stage)));
    const grown = (key: 'requests' | 'errors') =>
      after.map((stats, index) => sum(stats.stats, key) - sum(before[index]?.stats ?? {}, key));
    const [, , tries = 0] = grown('requests');
    // FLOTILLA_MAX_LATER_TRIES beyond the four.
    expect(tries).toBeGreaterThanOrEqual(4);
    expect(tries).toBeLessThanOrEqual(7);
    expect(grown('requests')).toEqual([1, 1, tries, 0]);
    expect(grown('errors')).toEqual([0, 0, tries, 0]);
    for (const { name } of stage3) await fleet.startInstance(name);
    expect(await answerOf(await fleet.post('/process', { text: 'back again' }))).toMatchObject({ word_count: 2 });
  });

  test('a balancer that is gone is the failure of its stage', async () => {
    await fleet.stopInstance('service4-loadbalancer');
    const response = await fleet.post('/process', { text: 'x' });
    expect(response.status).toBe(503);
    expect(response.headers.get('x-failed-stage')).toBe('service4');
    expect(await response.json()).toMatchObject({ code: 'FLT_NEXT_STAGE_UNREACHABLE', failed_stage: 'service4' });
    await fleet.startInstance('service4-loadbalancer');
    expect((await fleet.post('/process', { text: 'x' })).status).toBe(200);
  });
});

function sum(stats: Record<string, { requests: number; errors: number }>, key: 'requests' | 'errors'): number {
  return Object.values(stats).reduce((total, counts) => total + counts[key], 0);
}
