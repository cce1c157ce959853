import { text } from 'node:stream/consumers';
import type { Stats } from '@flotilla/contracts';
import { stages } from '@flotilla/topology';
import { beforeAll, describe, expect, test } from 'vitest';
import { askInTurn } from '../../client/src/failover.js';
import { openDispatcher, post } from '../../client/src/http.js';
import { Target } from '../../client/src/target.js';
import { type LoadResult, type TestFleet, testFleet, underLoad, waitFor } from './support.js';

let fleet: TestFleet;
let target: Target;
const transport = { dispatcher: openDispatcher(), timeoutMs: 60_000 };

beforeAll(async () => {
  fleet = await testFleet({ mode: 'parallel', balancers: 2 });
  target = new Target([8061, 8071].map((port) => `${fleet.at(port)}/process`));
  return async () => {
    await transport.dispatcher.destroy();
    await fleet.end();
  };
}, 150_000);

const CLIENTS = 8;
const TIMEOUT_MS = 300_000;
/** As they are stopped and started: one of each stage at a time, the second ones first. */
const rounds = [1, 0].map((n) => stages.flatMap(({ balancers }) => balancers[n] ?? []));

/** Sends a request as the client does, once: to an address, and to the other one if that gives no answer. */
function send(body: unknown, id: string): Promise<string> {
  const bytes = Buffer.from(JSON.stringify(body));
  return askInTurn(target, transport, (url) => post(url, bytes, id, transport, ({ body }) => text(body)));
}

/** Waits until so many more requests have been answered. */
async function moreRequests(result: LoadResult, count: number): Promise<void> {
  const wanted = result.requests + count;
  await waitFor(() => result.requests >= wanted, 30_000);
}

async function clientRequests(port: number): Promise<number> {
  const stats = (await (await fetch(`${fleet.at(port)}/stats`)).json()) as Stats;
  return stats.totals.client_requests;
}

describe('a fleet with two balancers per stage', () => {
  test('shares requests out between them', async () => {
    for (let n = 0; n < 32; n++) await send({ text: 'x' }, `shared-${n}`);
    for (const { balancers: both } of stages) {
      const requests = await Promise.all(both.map(({ port }) => clientRequests(port)));
      // Half of them each, but on a machine that is too busy to answer health checks in time.
      expect(Math.min(...requests)).toBeGreaterThan(8);
    }
  });

  test(
    'a balancer of each stage killed under load, held down, and started again: no request fails, and it gets its share again',
    async () => {
      const { requests, failures } = await underLoad(send, CLIENTS, async (result) => {
        for (const round of rounds) {
          await moreRequests(result, 100);
          for (const { name } of round) process.kill(fleet.pidOf(name) as number, 'SIGKILL');
          await Promise.all(round.map(({ name }) => fleet.stopInstance(name)));
          await moreRequests(result, 500);
          await Promise.all(round.map(({ name }) => fleet.startInstance(name)));
          const isBack = async ({ port }: { port: number }) => (await clientRequests(port)) > 20;
          await waitFor(async () => (await Promise.all(round.map(isBack))).every(Boolean), 60_000);
        }
      });
      expect(failures).toEqual([]);
      expect(requests).toBeGreaterThan(1200);
    },
    TIMEOUT_MS,
  );

  test(
    'a balancer of each stage restarted under load, then the other: no request fails',
    async () => {
      const { requests, failures } = await underLoad(send, CLIENTS, async (result) => {
        for (const round of rounds) {
          await Promise.all(round.map(({ name }) => fleet.restartInstance(name)));
          await moreRequests(result, 200);
        }
      });
      expect(failures).toEqual([]);
      expect(requests).toBeGreaterThan(400);
    },
    TIMEOUT_MS,
  );

  test('both balancers of a stage held down: a 503 that names it, and service returns with one of them', async () => {
    const names = stages[2]?.balancers.map(({ name }) => name) ?? [];
    for (const name of names) await fleet.stopInstance(name);
    await expect(send({ text: 'x' }, 'in-vain')).rejects.toMatchObject({ status: 503, failedStage: 'service3' });
    await fleet.startInstance(names[1] as string);
    await waitFor(async () => (await send({ text: 'x' }, 'again').catch(() => '')).includes('"word_count":1'));
    await fleet.startInstance(names[0] as string);
  });
});
