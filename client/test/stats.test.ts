import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Stats } from '@flotilla/contracts';
import { TABLE_COLUMNS } from '@flotilla/terminal/tables';
import { Agent } from 'undici';
import { afterEach, describe, expect, test } from 'vitest';
import type { StageAddress } from '../src/addresses.js';
import { type BalancerStats, readStats } from '../src/balancer-stats.js';
import { workBetween } from '../src/instance-work.js';
import { renderStats, wrongTotals } from '../src/stats-view.js';

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

  test('adds up what several balancers of a stage say of an instance', () => {
    const first = balancerOf(statsOf([30, 10]));
    const second = { ...balancerOf(statsOf([10, 30])), name: 'lb2' };
    const failing = Object.fromEntries(
      Object.entries(second.stats?.stats ?? {}).map(([key, each]) => [key, { ...each, success_rate: 0.5 }]),
    );
    const stats = second.stats && { ...second.stats, stats: failing };
    const text = renderStats([first, { ...second, ...(stats && { stats }) }]);
    expect(text).toMatch(/lb +40 +0 +0 .*\nlb2 +40 +0 +0 .*\n +service1a:8050 +40 /);
    expect(text).toMatch(/service1a:8050 +40 +0 +0 +87.5 % +50.0 %\n +service1b:8051 +40 +0 +0 +62.5 % +50.0 %/);
    expect(text.match(/service1a/g)).toHaveLength(1);
  });

  test('shows what is known when one of several gives no answer', () => {
    const down: BalancerStats = { name: 'lb2', stage: 1, origin: '', state: 'down', error: { message: 'gone' } };
    const text = renderStats([balancerOf(statsOf([30, 10])), down]);
    expect(text).toMatch(/lb +40 .*\nlb2 +no answer\n +service1a:8050 +30 /);
    expect(text).toContain('lb2 gave no stats: gone');
  });

  test('counts tries on instances that are not listed any more', () => {
    const right = balancerOf(statsOf([5, 5], { client_requests: 12, former_requests: 2 }));
    expect(wrongTotals([right])).toEqual([]);
    const wrong = balancerOf(statsOf([5, 5], { client_requests: 12, former_requests: 1 }));
    expect(wrongTotals([wrong])[0]).toContain('12 of clients + 0 retries - 1 to former instances');
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

test('workBetween adds up the balancers of a stage, and leaves out one that gave no figures before', () => {
  const balancer = (name: string, requests?: number[]): BalancerStats => {
    const address = { name, stage: 1, origin: '' };
    return requests ? { ...address, state: 'up', stats: statsOf(requests) } : { ...address, state: 'down' };
  };
  const before = [balancer('lb', [5, 5]), balancer('lb2', [1, 0])];
  const after = [balancer('lb', [8, 6]), balancer('lb2', [2, 3])];
  expect(workBetween(before, after).map(({ requests }) => requests)).toEqual([4, 4]);
  const [first] = before;
  const withoutSecond = workBetween([first as BalancerStats, balancer('lb2')], after);
  expect(withoutSecond.map(({ requests }) => requests)).toEqual([3, 1]);
});
