import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isAlive, processIdentity } from '../src/process-identity.js';
import type { FleetState } from '../src/state-file.js';
import { CommandLine } from './command-line.js';
import { eventually } from './eventually.js';

describe('a supervisor that is killed', () => {
  test('takes those with it that notice', async () => {
    await using line = await CommandLine.create();
    await line.run('up', '--mode', 'sequential');
    process.kill(line.recorded('supervisor').pid, 'SIGKILL');
    await eventually(() => line.survivors().length === 0, 'all processes end');
    expect((await line.run('status')).out).toMatch(/the supervisor \(pid \d+\) of the sequential fleet is gone/);
    expect(await line.run('down')).toEqual({ code: 0, out: 'no fleet runs', err: '' });
    expect((await line.run('status')).out).toContain('no fleet runs');
  });

  test('and leaves processes behind: the next up ends them first', async () => {
    await using line = await CommandLine.create();
    line.behave('service2a', 'clinging');
    await line.run('up', '--mode', 'sequential');
    const clinging = line.recorded('service2a');
    process.kill(line.recorded('supervisor').pid, 'SIGKILL');
    await eventually(() => line.fixture.hasLogged('service2a', 'ignoring the loss'), 'service2a clings');
    const up = await line.run('up', '--mode', 'parallel');
    expect(up).toMatchObject({ code: 0, err: '' });
    expect(up.out).toContain(`ending what an earlier fleet left behind: service2a (pid ${clinging.pid})`);
    expect(isAlive(clinging)).toBe(false);
    expect((await line.status()).fleet?.processes).toHaveLength(20);
  });

  test('and leaves one behind that ignores SIGTERM: the next down kills it', async () => {
    await using line = await CommandLine.create();
    line.behave('service2a', 'stubborn');
    await line.run('up', '--mode', 'sequential');
    process.kill(line.recorded('supervisor').pid, 'SIGKILL');
    await eventually(() => line.fixture.hasLogged('service2a', 'ignoring the loss'), 'service2a clings');
    expect((await line.run('down')).code).toBe(0);
    expect(line.survivors()).toEqual([]);
    expect(await line.taken()).toEqual([]);
  });

  test('or hangs: down ends it and all it ran', async () => {
    await using line = await CommandLine.create();
    await line.run('up', '--mode', 'sequential');
    process.kill(line.recorded('supervisor').pid, 'SIGSTOP');
    const down = await line.run('down');
    expect(down.code).toBe(0);
    expect(down.out).toMatch(/^ending an earlier supervisor that hangs \(pid \d+\)/);
    expect(line.survivors()).toEqual([]);
    expect(await line.taken()).toEqual([]);
  });
});

test('a pid that now belongs to somebody else is never killed', async () => {
  await using line = await CommandLine.create();
  const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  const pid = stranger.pid ?? 0;
  const identity = processIdentity(pid);
  const state: FleetState = {
    version: 1,
    mode: 'parallel',
    portOffset: line.portOffset,
    startedAt: new Date(0).toISOString(),
    supervisor: { name: 'supervisor', pid, identity: `${identity} of another process` },
    processes: [{ name: 'service1a', pid, identity: `${identity} of another process` }],
    ports: [],
    stopGroups: 8,
    killAfterMs: 1000,
  };
  mkdirSync(line.fixture.stateDir, { recursive: true });
  writeFileSync(`${line.fixture.stateDir}/fleet.json`, JSON.stringify(state));
  expect(await line.run('down')).toEqual({ code: 0, out: 'no fleet runs', err: '' });
  expect(processIdentity(pid)).toBe(identity);
  stranger.kill('SIGKILL');
});

test('a lock whose holder died does not stop anybody', async () => {
  await using line = await CommandLine.create();
  mkdirSync(line.fixture.stateDir, { recursive: true });
  const dead = { name: 'up', pid: process.pid, identity: 'of a process that is gone' };
  writeFileSync(`${line.fixture.stateDir}/lock`, JSON.stringify(dead));
  expect(await line.run('down')).toMatchObject({ code: 0 });
});

describe('with', () => {
  const printReady = (port: number) => [
    process.execPath,
    '-e',
    `fetch('http://127.0.0.1:${port}/health/ready').then((r) => { console.log(r.status); process.exit(7) })`,
  ];

  test('uses the fleet that runs, gives the exit code of the command, and keeps its output clean', async () => {
    await using line = await CommandLine.create();
    await line.run('up', '--mode', 'sequential');
    const before = line.state();
    const port = 8061 + line.portOffset;
    expect(await line.run('with', '--mode', 'sequential', '--', ...printReady(port))).toEqual({
      code: 7,
      out: '200',
      err: '',
    });
    expect(line.state()).toEqual(before);
  });

  test('starts a fleet where none runs, and stops it after, though the command fails', async () => {
    await using line = await CommandLine.create();
    const port = 8054 + line.portOffset;
    const ran = await line.run('with', '--mode', 'parallel', '--', ...printReady(port));
    expect(ran).toMatchObject({ code: 7, out: '200' });
    expect(line.state()).toBeUndefined();
    expect(await line.taken()).toEqual([]);
    const missing = await line.run('with', '--mode', 'sequential', '--', 'no-such-command-anywhere');
    expect(missing.code).toBe(127);
    expect(await line.taken()).toEqual([]);
  });

  test('has the other mode make room and puts it back, with what was held down', async () => {
    await using line = await CommandLine.create();
    await line.run('up', '--mode', 'parallel');
    await line.run('stop-instance', 'service3d');
    const ran = await line.run('with', '--mode', 'sequential', '--', ...printReady(8064 + line.portOffset));
    expect(ran).toMatchObject({ code: 7, out: '200' });
    expect(line.state()?.mode).toBe('parallel');
    const states = (await line.status()).fleet?.processes.map((each) => [each.name, each.state]) ?? [];
    expect(states.filter(([, state]) => state !== 'ready')).toEqual([['service3d', 'stopped']]);
    expect(states).toHaveLength(20);
  });

  test('puts back what ran when its own fleet does not start', async () => {
    await using line = await CommandLine.create();
    await line.run('up', '--mode', 'sequential');
    line.behave('service4-loadbalancer', 'crash');
    const ran = await line.run('with', '--mode', 'parallel', '--', 'true');
    expect(ran.code).toBe(1);
    expect(ran.err).toContain('service4-loadbalancer did not become ready');
    expect(line.state()?.mode).toBe('sequential');
  });

  test('on a signal: passes it to the command, then cleans up', async () => {
    await using line = await CommandLine.create();
    const marker = `${line.fixture.root}/began`;
    const script = `require('fs').writeFileSync('${marker}', 'yes'); setInterval(() => {}, 1000)`;
    const running = line.begin('with', '--mode', 'sequential', '--', process.execPath, '-e', script);
    await eventually(() => line.fixture.has('began'), 'the command runs');
    line.state();
    running.kill('SIGINT');
    expect((await running).exitCode).toBe(130);
    expect(readFileSync(marker, 'utf8')).toBe('yes');
    expect(line.survivors()).toEqual([]);
    expect(await line.taken()).toEqual([]);
  });
});
