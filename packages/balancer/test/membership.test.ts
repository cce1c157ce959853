import { settings } from '@flotilla/contracts';
import { describe, expect, test } from 'vitest';
import { Membership, type NameService } from '../../upstream/src/discovery/membership.js';
import { balancer, echo, waitFor } from './fixtures.js';

const instanceList = settings.service1Instances.schema;

const emptyNames: NameService = {
  addresses: () => Promise.reject(new Error('ENOTFOUND')),
  services: () => Promise.reject(new Error('ENOTFOUND')),
};

const keys = (members: readonly { key: string }[]) => members.map(({ key }) => key);

describe('the members', () => {
  test('listed ones stay as they are, and names stand for what they resolve to, each once', async () => {
    const entries = instanceList.parse('a:1=127.0.0.1:9,dns:workers:8051,srv:_http._tcp.w,10.0.0.1:8051');
    const names: NameService = {
      addresses: async () => ['10.0.0.2', '10.0.0.1', '::1'],
      services: async () => [
        { name: 'late.w', port: 1, priority: 20, weight: 1 },
        { name: 'two.w', port: 2, priority: 10, weight: 0 },
        { name: 'one.w', port: 1, priority: 10, weight: 5 },
      ],
    };
    const members = await new Membership(entries, 1000, names).resolve();
    expect(keys(members)).toEqual(['a:1', '10.0.0.1:8051', '10.0.0.2:8051', '[::1]:8051', 'one.w:1', 'two.w:2']);
    expect(members.map(({ weight }) => weight)).toEqual([undefined, undefined, undefined, undefined, 5, 1]);
  });

  test('a name server that fails for a while removes no instance', async () => {
    let service: NameService = { ...emptyNames, addresses: async () => ['10.0.0.1'] };
    const names: NameService = { addresses: (host) => service.addresses(host), services: emptyNames.services };
    const membership = new Membership(instanceList.parse('dns:workers:1'), 1000, names);
    expect(keys(await membership.resolve())).toEqual(['10.0.0.1:1']);
    service = emptyNames;
    expect(keys(await membership.resolve())).toEqual(['10.0.0.1:1']);
  });

  test('a balancer whose names change follows them, loses nothing, and its totals still add up', async () => {
    const ports = [await echo('a'), await echo('b')];
    let current = [ports[0] as number];
    const names: NameService = {
      addresses: emptyNames.addresses,
      services: async () => current.map((port) => ({ name: '127.0.0.1', port, priority: 1, weight: 1 })),
    };
    const env = { SERVICE1_INSTANCES: 'srv:_http._tcp.workers', FLOTILLA_DNS_INTERVAL_MS: '10' };
    const { post, stats } = await balancer([], env, names);
    expect(await (await post('{}')).json()).toMatchObject({ name: 'a' });
    current = ports;
    await waitFor(async () => (await stats()).instances.length === 2);
    for (let n = 0; n < 20; n++) expect((await post('{}')).status).toBe(200);
    current = [ports[1] as number];
    await waitFor(async () => (await stats()).instances.length === 1);
    expect(await (await post('{}')).json()).toMatchObject({ name: 'b' });
    const { stats: counts, totals } = await stats();
    const sum = Object.values(counts).reduce((all, { requests }) => all + requests, totals.former_requests ?? 0);
    expect(sum).toBe(totals.client_requests + totals.retries);
    expect(totals).toMatchObject({ client_requests: 22, retries: 0 });
    expect(totals.former_requests).toBeGreaterThan(0);
  });

  test('names that resolve to no address: 503, until they do', async () => {
    let port: number | undefined;
    const services: NameService['services'] = async (name) =>
      port === undefined ? emptyNames.services(name) : [{ name: '127.0.0.1', port, priority: 1, weight: 1 }];
    const env = { SERVICE1_INSTANCES: 'srv:w', FLOTILLA_DNS_INTERVAL_MS: '10' };
    const { post } = await balancer([], env, { ...emptyNames, services });
    expect((await post('{}')).status).toBe(503);
    port = await echo('a');
    await waitFor(async () => (await post('{}')).status === 200);
  });
});

describe('the list', () => {
  test.each([
    'a:1,a:1',
    'a:0',
    'a:65536',
    'a',
    '',
    'a:1,',
    'a:1=b:2=c:3',
    'a:1*0',
    'a:1*1001',
    'a:1*x',
    'dns:a',
    'srv:a:1',
    'dns:a:1*2',
  ])('%j is refused', (list) => {
    expect(instanceList.safeParse(list).success).toBe(false);
  });

  test('a weight stands behind a star', () => {
    expect(instanceList.parse('a:1*3,b:2=c:3*2').map(({ weight }) => weight)).toEqual([3, 2]);
  });
});
