import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { NODE_OPTIONS, type PipelineChoice, pipeline, stages, withInstance } from '@flotilla/topology';
import { describe, expect, test } from 'vitest';
import { busyPorts, type FleetOptions, freePortOffset, type LocalFleet, startFleet } from '../src/index.js';
import { eventually } from './eventually.js';
import { FixtureRoot } from './fixture-root.js';

/** Shorter than in earnest, so that a crash loop and a stubborn process cost a test little. */
const QUICK = { backoff: { minDelayMs: 20, maxDelayMs: 80, healthyAfterMs: 60_000 }, killAfterMs: 500 };

async function start(
  fixture: FixtureRoot,
  { mode = 'sequential', table, balancers, ...options }: PipelineChoice & Partial<FleetOptions> = {},
): Promise<LocalFleet> {
  const definition = pipeline({ mode, ...(table && { table }), ...(balancers && { balancers }) });
  const portOffset = await freePortOffset(definition);
  const { root, stateDir } = fixture;
  return startFleet({ definition, portOffset, stateDir, root, ...QUICK, ...options });
}

function statusOf(fleet: LocalFleet, name: string) {
  const found = fleet.status().processes.find((each) => each.name === name);
  if (!found) throw new Error(`no ${name}`);
  return found;
}

function kill(fleet: LocalFleet, name: string, signal: NodeJS.Signals): number {
  const pid = fleet.pidOf(name);
  if (!pid) throw new Error(`${name} does not run`);
  process.kill(pid, signal);
  return pid;
}

/** Children of this process, with their state: Z is a zombie. */
function childStates(): string[] {
  const rows = execFileSync('ps', ['-A', '-o', 'ppid=,stat=,comm='], { encoding: 'utf8' }).trim().split('\n');
  const ours = rows.map((row) => row.trim().split(/\s+/)).filter(([parent]) => Number(parent) === process.pid);
  return ours.filter(([, , command]) => !command?.endsWith('ps')).map(([, state]) => state ?? '');
}

async function expectNothingLeft(fleet: LocalFleet): Promise<void> {
  expect(await busyPorts(fleet.processes.map((each) => each.port))).toEqual([]);
  expect(fleet.status().processes.map((each) => [each.state, each.pid])).toEqual(
    fleet.processes.map(() => ['stopped', null]),
  );
  expect(childStates().filter((state) => state.startsWith('Z'))).toEqual([]);
}

describe('a fleet of one’s own', () => {
  test('parallel: all twenty answer on their ports, and nothing is left after it', async () => {
    using fixture = new FixtureRoot();
    const fleet = await start(fixture, { mode: 'parallel' });
    expect(fleet.status().processes.map((each) => each.state)).toEqual(Array(20).fill('ready'));
    expect((await busyPorts(fleet.processes.map((each) => each.port))).length).toBe(20);
    await fleet.stop();
    await fleet.stop();
    await expectNothingLeft(fleet);
    expect(readFileSync(fleet.logFile('service2c'), 'utf8')).toContain('ending on SIGINT');
  });

  test('with two balancers per stage, each of which can be stopped, started and restarted', async () => {
    using fixture = new FixtureRoot();
    const fleet = await start(fixture, { mode: 'parallel', balancers: 2 });
    expect(fleet.status()).toMatchObject({ fleet: 'pipeline', mode: 'parallel', options: { balancers: 2 } });
    expect(fleet.status().processes.map((each) => each.state)).toEqual(Array(24).fill('ready'));
    const second = 'service3-loadbalancer2';
    await fleet.stopInstance(second);
    expect(readFileSync(fleet.logFile(second), 'utf8')).toContain('ending on SIGTERM');
    expect(statusOf(fleet, 'service3-loadbalancer').state).toBe('ready');
    expect(await busyPorts([statusOf(fleet, second).port])).toEqual([]);
    await fleet.startInstance(second);
    const pid = fleet.pidOf(second);
    await fleet.restartInstance(second);
    expect(statusOf(fleet, second)).toMatchObject({ state: 'ready', restarts: 0, reason: null });
    expect(fleet.pidOf(second)).not.toBe(pid);
    await fleet.stop();
    await expectNothingLeft(fleet);
  });

  test('a table of one stage with five instances', async () => {
    using fixture = new FixtureRoot();
    const [first] = stages;
    if (!first) throw new Error('the topology is empty');
    const table = [withInstance(first, 8101)];
    const fleet = await start(fixture, { mode: 'parallel', table });
    expect(statusOf(fleet, 'service1e').state).toBe('ready');
    expect(fleet.processes).toHaveLength(6);
    await fleet.stop();
    await expectNothingLeft(fleet);
  });

  test('a process can be told more than the others', async () => {
    using fixture = new FixtureRoot();
    const environmentOf = ({ name }: { name: string }) => ({ FLOTILLA_TEST_OWN: `for ${name}`, INSTANCE_ID: 'mine' });
    const fleet = await start(fixture, { environmentOf });
    expect(fleet.processes[0]?.environment).toMatchObject({
      FLOTILLA_TEST_OWN: `for ${fleet.processes[0]?.name}`,
      INSTANCE_ID: 'mine',
      SERVICE_PORT: String(fleet.processes[0]?.port),
    });
    await fleet.stop();
  });

  test('two fleets side by side do not touch each other', async () => {
    using mine = new FixtureRoot();
    using yours = new FixtureRoot();
    const [first, second] = await Promise.all([start(mine), start(yours)]);
    await first.stop();
    expect(second.status().processes.map((each) => each.state)).toEqual(Array(4).fill('ready'));
    await second.stop();
    await expectNothingLeft(second);
  });

  test('gives its processes FLOTILLA_… and their own variables, and nothing else of the caller', async () => {
    using fixture = new FixtureRoot();
    process.env.SERVICE4_URL = 'http://somewhere.else:1';
    process.env.NODE_OPTIONS = '--no-deprecation';
    process.env.FLOTILLA_LOG_LEVEL = 'warn';
    const fleet = await start(fixture, { env: { FLOTILLA_KEEP_ALIVE_MS: '5000' } });
    for (const name of ['SERVICE4_URL', 'NODE_OPTIONS', 'FLOTILLA_LOG_LEVEL']) delete process.env[name];
    const { port } = statusOf(fleet, 'service3a');
    const answer = await fetch(`http://127.0.0.1:${port}/environment`);
    const { env, execArgv } = (await answer.json()) as { env: Record<string, string>; execArgv: string[] };
    const next = fleet.processes.find(({ name }) => name === 'service4a');
    expect(env).toMatchObject({
      SERVICE_PORT: String(port),
      INSTANCE_ID: 'a',
      SERVICE4_URL: `http://127.0.0.1:${next?.port}`,
      FLOTILLA_LOG_LEVEL: 'warn',
      FLOTILLA_KEEP_ALIVE_MS: '5000',
      PATH: process.env.PATH,
    });
    expect(Object.keys(env).filter((name) => name === 'NODE_OPTIONS' || name.startsWith('VITEST'))).toEqual([]);
    expect(execArgv).toEqual(NODE_OPTIONS);
    await fleet.stop();
  });
});

describe('a process that dies', () => {
  test('by SIGKILL: comes back by itself, and is counted', async () => {
    using fixture = new FixtureRoot();
    const fleet = await start(fixture);
    const pid = kill(fleet, 'service2a', 'SIGKILL');
    await eventually(() => statusOf(fleet, 'service2a').restarts === 1, 'service2a is restarted');
    await fleet.awaitReady();
    expect(fleet.pidOf('service2a')).not.toBe(pid);
    expect(statusOf(fleet, 'service2a').reason).toBe('ended by SIGKILL');
    await fleet.stop();
    await expectNothingLeft(fleet);
  });

  test('again and again: is restarted each time, and comes back once it can', async () => {
    using fixture = new FixtureRoot();
    const fleet = await start(fixture);
    fixture.behave('service1a', 'crash');
    kill(fleet, 'service1a', 'SIGKILL');
    await eventually(() => statusOf(fleet, 'service1a').restarts >= 3, 'service1a crashes again and again');
    expect(statusOf(fleet, 'service1a').reason).toContain('exited with code 3: service1a: out of luck');
    fixture.behave('service1a', 'good');
    await eventually(() => statusOf(fleet, 'service1a').state === 'ready', 'service1a recovers');
    await fleet.stop();
    await expectNothingLeft(fleet);
  });

  test('for its configuration: the start of the fleet fails, says so, and leaves nothing', async () => {
    using fixture = new FixtureRoot();
    fixture.behave('service3a', 'refuse');
    const portOffset = await freePortOffset(pipeline({ mode: 'sequential' }));
    await expect(start(fixture, { portOffset })).rejects.toThrow(
      /^service3a did not become ready: exited with code 1: service3a: FLOTILLA_NONSENSE is not a setting/,
    );
    expect(await busyPorts(stages.map((stage) => stage.port + portOffset))).toEqual([]);
  });

  test('for its configuration, while the others run: stays failed until it is started again', async () => {
    using fixture = new FixtureRoot();
    const fleet = await start(fixture);
    await fleet.stopInstance('service4a');
    fixture.behave('service4a', 'refuse');
    await expect(fleet.startInstance('service4a')).rejects.toThrow('FLOTILLA_NONSENSE is not a setting');
    expect(statusOf(fleet, 'service4a')).toMatchObject({ state: 'failed', pid: null, restarts: 0 });
    fixture.behave('service4a', 'good');
    await fleet.startInstance('service4a');
    expect(statusOf(fleet, 'service4a')).toMatchObject({ state: 'ready', reason: null });
    await fleet.stop();
    await expectNothingLeft(fleet);
  });

  test('or never becomes ready: the start of the fleet fails at its deadline', async () => {
    using fixture = new FixtureRoot();
    fixture.behave('service1a', 'unready');
    await expect(start(fixture, { readyTimeoutMs: 6000 })).rejects.toThrow(
      /^service1a did not become ready: not ready after 6 s \(GET http:\/\/127\.0\.0\.1:\d+\/health\/ready: 503\)/,
    );
  });

  test('or becomes ready late: is waited for', async () => {
    using fixture = new FixtureRoot();
    fixture.setReady('service1a', false);
    const starting = start(fixture);
    await eventually(() => fixture.hasLogged('service1a', 'said 503'), 'service1a was asked and was not ready');
    fixture.setReady('service1a', true);
    const fleet = await starting;
    expect(statusOf(fleet, 'service1a').state).toBe('ready');
    await fleet.stop();
  });
});

describe('a process that is stopped', () => {
  test('stays stopped while its neighbours are restarted, until it is started', async () => {
    using fixture = new FixtureRoot();
    const fleet = await start(fixture, { mode: 'parallel' });
    await fleet.stopInstance('service1b');
    await fleet.stopInstance('service1b');
    kill(fleet, 'service1c', 'SIGKILL');
    await eventually(() => statusOf(fleet, 'service1c').restarts === 1, 'service1c is restarted');
    await fleet.awaitReady();
    expect(statusOf(fleet, 'service1b')).toMatchObject({ state: 'stopped', pid: null, restarts: 0 });
    expect(await busyPorts([statusOf(fleet, 'service1b').port])).toEqual([]);
    await fleet.startInstance('service1b');
    expect(statusOf(fleet, 'service1b')).toMatchObject({ state: 'ready', restarts: 0 });
    await fleet.stop();
    await expectNothingLeft(fleet);
  });

  test('and does not go: is killed after its grace', async () => {
    using fixture = new FixtureRoot();
    fixture.behave('service2a', 'stubborn');
    const fleet = await start(fixture);
    await fleet.stop();
    expect(readFileSync(fleet.logFile('service2a'), 'utf8')).toContain('ignoring SIGINT');
    await expectNothingLeft(fleet);
  });

  test('and is itself suspended: is killed after its grace', async () => {
    using fixture = new FixtureRoot();
    const fleet = await start(fixture);
    kill(fleet, 'service2a', 'SIGSTOP');
    await fleet.stop();
    await expectNothingLeft(fleet);
  });
});

test('a busy port: nothing is started, and the message names the port, the process that wants it, and the one that has it', async () => {
  using fixture = new FixtureRoot();
  const portOffset = await freePortOffset(pipeline({ mode: 'sequential' }));
  await using _holder = await holdPort(8062 + portOffset);
  const message = await start(fixture, { portOffset }).catch((error: Error) => error.message);
  expect(message).toContain(`port ${8062 + portOffset} (service2a) is in use by pid ${process.pid}: `);
  expect(childStates()).toEqual([]);
});

test('a busy port: the message names an offset at which there is room, and never one that is taken', async () => {
  using fixture = new FixtureRoot();
  const portOffset = await freePortOffset(pipeline({ mode: 'sequential' }));
  await using _holder = await holdPort(8062 + portOffset);
  const namedOffset = async () => {
    const message = await start(fixture, { portOffset }).catch((error: Error) => error.message);
    return Number(/FLOTILLA_PORT_OFFSET=(\d+)/.exec(String(message))?.[1]);
  };
  const first = await namedOffset();
  await using _atFirst = await holdPort(8063 + first);
  const second = await namedOffset();
  expect(second).toBeGreaterThan(first);
  expect(await busyPorts([8061, 8062, 8063, 8064].map((port) => port + second))).toEqual([]);
});

async function holdPort(port: number): Promise<AsyncDisposable> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    [Symbol.asyncDispose]: async () => {
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
