import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isAlive, processIdentity } from '../src/fleet/process-identity.js';
import type { FleetState } from '../src/fleet/state-file.js';
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

test('a pid that now belongs to another process is never killed', async () => {
  await using line = await CommandLine.create();
  const stranger = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  const pid = stranger.pid ?? 0;
  const identity = processIdentity(pid);
  const state: FleetState = {
    version: 1,
    mode: 'parallel',
    options: { balancers: 1 },
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
