import { describe, expect, test } from 'vitest';
import { localFleet, stages } from '../src/index.js';

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
});

describe('a local fleet', () => {
  test('sequential: one of each on its stage port, last stage first', () => {
    const fleet = localFleet('sequential');
    expect(fleet.map((process) => [process.name, process.port])).toEqual([
      ['service4a', 8064],
      ['service3a', 8063],
      ['service2a', 8062],
      ['service1a', 8061],
    ]);
    expect(fleet.at(-1)?.env).toEqual({
      SERVICE_PORT: '8061',
      INSTANCE_ID: 'a',
      SERVICE2_URL: 'http://127.0.0.1:8062',
    });
  });

  test('parallel: twenty processes, no port twice, balancers dial what they name', () => {
    const fleet = localFleet('parallel', { portOffset: 10_000 });
    expect(fleet).toHaveLength(20);
    expect(new Set(fleet.map((process) => process.port)).size).toBe(20);
    const balancer = fleet.find((process) => process.name === 'service4-loadbalancer');
    expect(balancer?.env).toEqual({
      SERVICE_PORT: '18064',
      SERVICE4_INSTANCES:
        'service4a:8054=127.0.0.1:18054,service4b:8066=127.0.0.1:18066,service4c:8068=127.0.0.1:18068,service4d:8070=127.0.0.1:18070',
    });
  });

  test('a stage starts after the one it calls, a balancer after its instances', () => {
    const names = localFleet('parallel').map((process) => process.name);
    for (const stage of stages) {
      for (const { name } of stage.instances) expect(names.indexOf(name)).toBeLessThan(names.indexOf(stage.balancer));
      const next = stages.find((candidate) => candidate.number === stage.number + 1);
      if (next) expect(names.indexOf(next.balancer)).toBeLessThan(names.indexOf(`${stage.service}a`));
    }
  });
});
