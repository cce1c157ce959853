import { describe, expect, test } from 'vitest';
import {
  entryPointUrls,
  localProcesses,
  type PipelineChoice,
  type PipelineMode,
  pipeline,
  stages,
  stopOrder,
} from '../src/index.js';

const BALANCER_COUNTS = [1, 2];

function local({ portOffset = 0, ...choice }: PipelineChoice & { portOffset?: number } = {}) {
  return localProcesses(pipeline(choice), { portOffset });
}

describe('the topology table', () => {
  test('has the ports and names of the contract', () => {
    expect(stages.map((stage) => [stage.folder, stage.route, stage.port, stage.instances.map((i) => i.port)])).toEqual([
      ['service1-input', '/process', 8061, [8051, 8055, 8057, 8059]],
      ['service2-preprocess', '/preprocess', 8062, [8052, 8056, 8058, 8060]],
      ['service3-analyze', '/analyze', 8063, [8053, 8065, 8067, 8069]],
      ['service4-report', '/report', 8064, [8054, 8066, 8068, 8070]],
    ]);
    expect(stages[2]?.instances.map((instance) => instance.name)).toEqual([
      'service3a',
      'service3b',
      'service3c',
      'service3d',
    ]);
  });

  test('has a second balancer for each stage, and no port twice', () => {
    expect(stages.map(({ balancers }) => balancers.map(({ name, port }) => `${name}:${port}`))).toEqual([
      ['service1-loadbalancer:8061', 'service1-loadbalancer2:8071'],
      ['service2-loadbalancer:8062', 'service2-loadbalancer2:8072'],
      ['service3-loadbalancer:8063', 'service3-loadbalancer2:8073'],
      ['service4-loadbalancer:8064', 'service4-loadbalancer2:8074'],
    ]);
    const ports = stages.flatMap(({ balancers, instances }) => [...balancers, ...instances].map(({ port }) => port));
    expect(new Set(ports).size).toBe(ports.length);
    for (const { balancers, balancer, port } of stages) expect(balancers[0]).toEqual({ name: balancer, id: '1', port });
  });

  test('callers of a stage call its balancers, or its only instance', () => {
    const urls = (mode: PipelineMode) =>
      BALANCER_COUNTS.map((balancers) => entryPointUrls(pipeline({ mode, balancers })).SERVICE2_URL);
    expect(urls('sequential')).toEqual(['http://127.0.0.1:8062', 'http://127.0.0.1:8062']);
    expect(urls('parallel')).toEqual(['http://127.0.0.1:8062', 'http://127.0.0.1:8062,http://127.0.0.1:8072']);
  });
});

describe('a local fleet', () => {
  test('sequential: one of each on its stage port', () => {
    const fleet = local({ mode: 'sequential' });
    expect(fleet.map((process) => [process.name, process.port])).toEqual([
      ['service1a', 8061],
      ['service2a', 8062],
      ['service3a', 8063],
      ['service4a', 8064],
    ]);
    expect(fleet[0]?.environment).toEqual({
      SERVICE_PORT: '8061',
      INSTANCE_ID: 'a',
      SERVICE2_URL: 'http://127.0.0.1:8062',
    });
  });

  test('parallel: twenty processes, no port twice, balancers dial what they name', () => {
    const fleet = local({ portOffset: 10_000 });
    expect(fleet).toHaveLength(20);
    expect(new Set(fleet.map((process) => process.port)).size).toBe(20);
    const balancer = fleet.find((process) => process.name === 'service4-loadbalancer');
    expect(balancer?.environment).toEqual({
      SERVICE_PORT: '18064',
      INSTANCE_ID: '1',
      SERVICE4_INSTANCES:
        'service4a:8054=127.0.0.1:18054,service4b:8066=127.0.0.1:18066,service4c:8068=127.0.0.1:18068,service4d:8070=127.0.0.1:18070',
    });
  });

  test('parallel with two balancers per stage: both know all instances, and callers know both', () => {
    const fleet = local({ portOffset: 1000, balancers: 2 });
    expect(new Set(fleet.map((process) => process.port)).size).toBe(24);
    const named = (name: string) => fleet.find((process) => process.name === name);
    const first = named('service3-loadbalancer')?.environment ?? {};
    expect(named('service3-loadbalancer2')).toMatchObject({
      role: 'balancer',
      program: { folder: 'service3-loadbalancer' },
    });
    expect(named('service3-loadbalancer2')?.environment).toEqual({ ...first, SERVICE_PORT: '9073', INSTANCE_ID: '2' });
    expect(named('service2c')?.environment.SERVICE3_URL).toBe('http://127.0.0.1:9063,http://127.0.0.1:9073');
    expect(named('service4a')?.environment).toEqual({ SERVICE_PORT: '9054', INSTANCE_ID: 'a' });
  });

  test('sequential has no balancer, whatever is asked for', () => {
    expect(local({ mode: 'sequential', balancers: 2 })).toEqual(local({ mode: 'sequential' }));
  });

  test.each(BALANCER_COUNTS)(
    'a stage stops before the one it calls, its %i balancers before its instances',
    (count) => {
      const groups = stopOrder(local({ balancers: count })).map((group) => group.map(({ name }) => name));
      expect(groups).toEqual(
        stages.flatMap(({ balancers, instances }) => [
          balancers.slice(0, count).map(({ name }) => name),
          instances.map(({ name }) => name),
        ]),
      );
    },
  );
});
