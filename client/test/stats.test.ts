import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Stats } from '@flotilla/contracts';
import { Agent } from 'undici';
import { afterEach, describe, expect, test } from 'vitest';
import type { StageAddress } from '../src/addresses.js';
import { type BalancerStats, readStats, workBetween } from '../src/balancer-stats.js';
import { renderStats, wrongTotals } from '../src/stats-view.js';
import { TABLE_COLUMNS } from '../src/tables.js';

const servers: Server[] = [];
const dispatcher = new Agent();
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

function statsOf(requests: number[], totals: Partial<Stats['totals']> = {}): Stats {
  const instances = requests.map((_, index) => `service1${'abcd'[index]}:805${index}`);
  const entries = instances.map((key, index) => {
    return [key, { requests: requests[index] ?? 0, errors: 0, in_flight: 0, success_rate: 1 }] as const;
  });
  const all = requests.reduce((sum, each) => sum + each, 0);
  return {
    instances,
    stats: Object.fromEntries(entries),
    totals: { client_requests: all, retries: 0, exhausted: 0, cancelled: 0, ...totals },
  };
}

async function balancer(stage: number, status: number, body: unknown): Promise<StageAddress> {
  const server = createServer((_request, response) => response.writeHead(status).end(JSON.stringify(body)));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { name: `service${stage}-loadbalancer`, stage, origin: `http://127.0.0.1:${port}` };
}

const read = (balancers: StageAddress[]) => readStats(balancers, { dispatcher, timeoutMs: 10_000 });

describe('readStats', () => {
  test('tells those that answer from those that do not, and from services that stand alone', async () => {
    const up = await balancer(1, 200, statsOf([5, 5]));
    const alone = await balancer(2, 404, {});
    const broken = await balancer(3, 200, { instances: 'none' });
    const gone = await balancer(4, 200, {});
    const server = servers.pop();
    await new Promise((resolve) => server?.close(resolve));
    const all = await read([up, alone, broken, gone]);
    expect(all.map(({ state }) => state)).toEqual(['up', 'no-balancer', 'down', 'down']);
    const text = renderStats(all);
    expect(text).toContain('no balancer');
    expect(text).toContain('another shape');
    expect(text).toContain('nothing listens at');
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(TABLE_COLUMNS);
  });
});

describe('renderStats', () => {
  const balancerOf = (stats: Stats): BalancerStats => ({ name: 'lb', stage: 1, origin: '', state: 'up', stats });

  test('shows every instance, its share, and that the totals add up', () => {
    const text = renderStats([balancerOf(statsOf([30, 10]))]);
    expect(text).toMatch(/service1a:8050 +30 +0 +0 +100.0 % +75.0 %/);
    expect(text).toMatch(/lb +40 +0 +0 +100.0 %/);
    expect(text).toContain('Totals add up');
  });

  test('says when they do not', () => {
    const wrong = balancerOf(statsOf([5, 5], { client_requests: 9, retries: 3 }));
    expect(wrongTotals([wrong])).toEqual(['lb: the totals do not add up: 10 requests, but 9 of clients + 3 retries']);
    expect(renderStats([wrong])).toContain('do not add up');
  });
});

test('workBetween tells what was done between two readings', () => {
  const at = (requests: number[]): BalancerStats[] => [
    { name: 'lb', stage: 1, origin: '', state: 'up', stats: statsOf(requests) },
    { name: 'alone', stage: 2, origin: '', state: 'no-balancer' },
  ];
  expect(workBetween(at([5, 5]), at([8, 6]))).toEqual([
    { instance: 'service1a:8050', requests: 3, errors: 0, share: 0.75 },
    { instance: 'service1b:8051', requests: 1, errors: 0, share: 0.25 },
  ]);
});
