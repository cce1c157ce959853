import { pipeline } from '@flotilla/topology';
import { describe, expect, test } from 'vitest';
import { awaitHealthy, deadOne } from '../../src/docker/await-healthy.js';
import { memoryRows } from '../../src/docker/container-memory.js';
import { type InspectedContainer, rowsOf } from '../../src/docker/container-status.js';
import { publishes } from '../../src/docker/engine-containers.js';
import type { ProcessRow } from '../../src/fleet/status.js';

const fleet = pipeline({ mode: 'sequential' });
const specs = fleet.processes;
const STARTED = '2026-01-02T03:04:05.678Z';

function container(
  name: string,
  state: Partial<InspectedContainer['State']> = {},
  RestartCount = 0,
): InspectedContainer {
  const healthy = { Status: 'running', Pid: 42, ExitCode: 0, OOMKilled: false, StartedAt: STARTED } as const;
  const State = { ...healthy, Health: { Status: 'healthy' }, ...state };
  return { Id: name, Name: `/rest-${name}`, RestartCount, State };
}

function row(state: Partial<InspectedContainer['State']>, restarts = 0): ProcessRow | undefined {
  return rowsOf(fleet, [container('service2a', state, restarts)]).find((each) => each.name === 'service2a');
}

describe('a container as a process of the fleet', () => {
  test('healthy is ready, with what the topology knows of it', () => {
    expect(row({}, 3)).toEqual({
      name: 'service2a',
      role: 'service',
      group: 'service2',
      state: 'ready',
      health: 'healthy',
      pid: 42,
      port: 8062,
      startedAt: STARTED,
      restarts: 3,
      memoryBytes: null,
      reason: null,
    });
  });

  test.each([
    ['starting', { Health: { Status: 'starting' } }, 'starting', 'starting'],
    ['unhealthy', { Health: { Status: 'unhealthy' } }, 'unready', 'unhealthy'],
    ['stopped by hand', { Status: 'exited', ExitCode: 143 }, 'stopped', '-'],
    ['never started', { Status: 'created' }, 'stopped', '-'],
    ['between two tries', { Status: 'restarting', ExitCode: 1 }, 'restarting', '-'],
  ] as const)('%s', (_name, state, word, health) => {
    expect(row(state)).toMatchObject({ state: word, health });
  });

  test('why it ended is told when it ended by itself', () => {
    expect(row({ Status: 'exited', ExitCode: 143 })?.reason).toBeNull();
    expect(row({ Status: 'restarting', ExitCode: 1 })?.reason).toBe('exited with code 1');
    expect(row({ Status: 'exited', OOMKilled: true })?.reason).toContain('more memory than its limit');
  });

  test('one that is not there has failed', () => {
    const rows = rowsOf(fleet, [container('service1a')]);
    expect(rows.map((each) => [each.name, each.state])).toEqual([
      ['service1a', 'ready'],
      ['service2a', 'failed'],
      ['service3a', 'failed'],
      ['service4a', 'failed'],
    ]);
  });
});

describe('waiting for health', () => {
  const starting = rowsOf(
    fleet,
    specs.map((spec) => container(spec.name, { Health: { Status: 'starting' } })),
  );
  const healthy = rowsOf(
    fleet,
    specs.map((spec) => container(spec.name)),
  );
  const names = specs.map((spec) => spec.name);

  test('ends when all that shall run are healthy', async () => {
    const looks = [starting, healthy];
    const look = async () => looks.shift() ?? [];
    expect(await awaitHealthy(look, names, new Map(), undefined)).toBeUndefined();
    expect(looks).toEqual([]);
  });

  test('ends at once when one dies', async () => {
    const dying = rowsOf(fleet, [
      container('service1a'),
      container('service2a', { Status: 'restarting', ExitCode: 1 }),
    ]);
    const died = await awaitHealthy(async () => dying, ['service1a', 'service2a'], new Map(), undefined);
    expect(died).toEqual({ name: 'service2a', reason: 'exited with code 1' });
  });

  test('restarts from before do not count, later ones do', () => {
    const rows = rowsOf(
      fleet,
      specs.map((spec) => container(spec.name, {}, 2)),
    );
    const before = new Map(names.map((name) => [name, 2]));
    expect(deadOne(rows, before)).toBeUndefined();
    expect(deadOne(rows, new Map([...before, ['service3a', 1]]))?.name).toBe('service3a');
  });
});

test('memory is read in every unit of docker stats', () => {
  const output =
    'rest-service1a\t45.5MiB / 512MiB\nrest-service2a\t1.25GiB / 2GiB\nrest-service3a\t0B / 0B\nnonsense\n';
  expect(Object.fromEntries(memoryRows(output))).toEqual({
    'rest-service1a': 45.5 * 1024 * 1024,
    'rest-service2a': 1.25 * 1024 ** 3,
    'rest-service3a': 0,
  });
});

test('a published port is found alone and in a range', () => {
  const web = { id: '', name: 'web', project: '', directory: '', oneOff: false };
  const ports = '127.0.0.1:8061->80/tcp, 0.0.0.0:9000-9010->9000-9010/tcp, 8070/tcp';
  const published = [80, 8061, 8070, 8999, 9000, 9005, 9010, 9011].filter((port) => publishes({ ...web, ports }, port));
  expect(published).toEqual([8061, 9000, 9005, 9010]);
});
