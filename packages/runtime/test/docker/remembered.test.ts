import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fullestDefinitions, type PipelineMode, pipeline, pipelineFleet } from '@flotilla/topology';
import { describe, expect, test } from 'vitest';
import type { DockerState } from '../../src/fleet/state-file.js';
import { CommandLine } from '../command-line.js';
import { type Answers, COMPOSE, COMPOSE_MISSING, callsOf, ENGINE_OFF, ENGINE_ON, fakeDocker } from './fake-docker.js';

const STARTED = '2026-01-02T03:04:05.000Z';

/** A command line that finds a fake `docker`; ports are the topology's own, but nothing is ever started there. */
async function commandLine(answers: Answers): Promise<CommandLine> {
  const line = await CommandLine.create();
  for (const { network } of fullestDefinitions(pipelineFleet())) {
    writeFileSync(join(line.fixture.root, network.composeFile), '');
  }
  line.env.FLOTILLA_PORT_OFFSET = '0';
  line.env.PATH = [fakeDocker(line.fixture.root, answers), process.env.PATH].join(delimiter);
  return line;
}

function remember(line: CommandLine, mode: PipelineMode = 'sequential'): void {
  const state: DockerState = { version: 1, runtime: 'docker', mode, startedAt: STARTED };
  mkdirSync(line.fixture.stateDir, { recursive: true });
  writeFileSync(join(line.fixture.stateDir, 'fleet.json'), JSON.stringify(state));
}

/** What an engine says that runs a fleet of a checkout. */
function engineWith(root: string, mode: PipelineMode = 'sequential', balancers = 1): Answers {
  const { processes, network } = pipeline({ mode, balancers });
  const names = processes.map(({ name }) => name);
  const listed = names.map((name) => `id-${name}\trest-${name}\t${network.project}\t${root}\tFalse\t`);
  const State = { Status: 'running', Pid: 7, ExitCode: 0, OOMKilled: false, StartedAt: STARTED };
  const inspected = names.map((name) => ({
    Id: `id-${name}`,
    Name: `/rest-${name}`,
    RestartCount: 0,
    State: { ...State, Health: { Status: 'healthy' } },
  }));
  return {
    ...ENGINE_ON,
    ...COMPOSE,
    'ps ': { out: listed.join('\n') },
    'container inspect ': { out: JSON.stringify(inspected) },
    'stats ': { out: names.map((name) => `rest-${name}\t40MiB / 512MiB`).join('\n') },
  };
}

describe('a fleet that was started under Docker', () => {
  test('is the one that is looked at, whatever is asked for', async () => {
    await using line = await commandLine({});
    fakeDocker(line.fixture.root, engineWith(line.fixture.root));
    remember(line);
    const { running, runtime, fleet, memory } = JSON.parse(
      (await line.run('--runtime', 'local', 'status', '--json')).out,
    );
    expect({ running, runtime, startedAt: fleet.startedAt, bytes: memory.totalBytes }).toEqual({
      running: true,
      runtime: 'docker',
      startedAt: STARTED,
      bytes: 4 * 40 * 1024 * 1024,
    });
    const { out } = await line.run('status');
    expect(out).toMatch(/^NAME +ROLE +STATE +HEALTH +PORT +UPTIME +MEM USAGE +RESTARTS$/m);
    expect(out).toMatch(/^service2a +service +ready +healthy +8062 .* 40\.0 MiB +0$/m);
  });

  test('is in the way of local processes and of the other mode; up of its own kind changes nothing', async () => {
    await using line = await commandLine({});
    fakeDocker(line.fixture.root, engineWith(line.fixture.root));
    remember(line);
    const refusal = /^the sequential fleet runs under Docker, since .*\nStop it first: make down$/;
    expect((await line.run('--runtime', 'local', 'up', '--mode', 'sequential')).err).toMatch(refusal);
    expect((await line.run('up', '--mode', 'parallel')).err).toMatch(refusal);
    expect((await line.run('up', '--mode', 'sequential')).out).toContain('runs already under Docker');
    expect(callsOf(line.fixture.root)).not.toMatch(/ (up|down|build|create) /);
  });

  test('with two balancers per stage is known by its containers, and commanded with their profile', async () => {
    await using line = await commandLine({});
    fakeDocker(line.fixture.root, { ...engineWith(line.fixture.root, 'parallel', 2), 'compose --project': {} });
    remember(line, 'parallel');
    const { fleet } = await line.status();
    expect(fleet).toMatchObject({
      mode: 'parallel',
      options: { balancers: 2 },
      processes: Array(24).fill({ state: 'ready' }),
    });
    expect((await line.run('stop-instance', 'service1-loadbalancer2')).code).toBe(0);
    expect(callsOf(line.fixture.root)).toMatch(/^compose .* stop service1-loadbalancer2 \[two-balancers\]$/m);
    const urls = await line.run('with', '--', process.execPath, '-p', 'process.env.SERVICE4_URL');
    expect(urls.out).toBe('http://127.0.0.1:8064,http://127.0.0.1:8074');
    expect((await line.run('up', '--mode', 'parallel', '--balancers', '1')).err).toContain('runs with 2 balancers');
    fakeDocker(line.fixture.root, { ...engineWith(line.fixture.root, 'parallel'), 'compose --project': {} });
    expect((await line.status()).fleet).toMatchObject({ options: { balancers: 1 } });
    await line.run('stop-instance', 'service1-loadbalancer');
    expect(callsOf(line.fixture.root)).toMatch(/^compose .* stop service1-loadbalancer \[\]$/m);
  });

  test('is not forgotten while the engine is off; the message says how to forget it', async () => {
    await using line = await commandLine({ ...ENGINE_OFF, 'ps ': { err: 'Cannot connect', code: 1 } });
    remember(line);
    const message =
      /^the sequential fleet was started under Docker\. Docker's engine does not answer: Cannot connect\n/;
    expect((await line.run('status')).out).toMatch(message);
    const { code, err } = await line.run('down');
    expect(code).toBe(1);
    expect(err).toMatch(message);
    expect(err).toContain(`rm ${line.fixture.stateDir}/fleet.json`);
  });

  test('and whose containers were removed is no fleet', async () => {
    await using line = await commandLine({ ...ENGINE_ON, ...COMPOSE, 'ps ': {} });
    remember(line);
    expect(await line.run('down')).toEqual({ code: 0, out: 'no fleet runs', err: '' });
    expect(line.fixture.has('state/fleet.json')).toBe(false);
  });
});

describe('build', () => {
  test('of local processes: says that there is nothing to build', async () => {
    await using line = await commandLine({});
    const built = await line.run('--runtime', 'local', 'build', '--mode', 'parallel');
    expect(built).toEqual({
      code: 0,
      err: '',
      out: 'local processes run what is compiled; there are no images to build',
    });
  });

  test('under Docker that cannot be had: one line, and exit code 1', async () => {
    await using line = await commandLine({ ...ENGINE_ON, ...COMPOSE_MISSING });
    const built = await line.run('--runtime', 'docker', 'build', '--mode', 'parallel');
    expect(built).toMatchObject({ code: 1, out: '' });
    expect(built.err).toMatch(/^Compose v2 is missing .*$/);
  });
});
