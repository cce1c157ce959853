import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { describe, expect, test } from 'vitest';
import { CommandLine } from './command-line.js';
import { eventually } from './eventually.js';

async function expectNothingLeft(line: CommandLine): Promise<void> {
  expect(line.survivors()).toEqual([]);
  expect(await line.taken()).toEqual([]);
  expect(readdirSync(line.fixture.stateDir).filter((name) => !/^logs/.test(name))).toEqual([]);
}

describe('up, status, down', () => {
  test('parallel: twenty ready processes, their addresses, and nothing left after down, which can be repeated', async () => {
    await using line = await CommandLine.create();
    const up = await line.run('up', '--mode', 'parallel');
    expect(up).toMatchObject({ code: 0, err: '' });
    expect(up.out).toMatch(/all 20 processes are ready after \d+\.\d s/);
    expect(up.out).toContain(`http://localhost:${8062 + line.portOffset}  POST /preprocess  service2a:`);
    expect(up.out).toContain(`curl localhost:${8061 + line.portOffset}/stats`);
    const { running, fleet, memory } = await line.status();
    expect(running).toBe(true);
    expect(fleet?.processes.map((each) => each.state)).toEqual(Array(20).fill('ready'));
    expect(fleet?.processes.every((each) => (each.memoryBytes ?? 0) > 1_000_000)).toBe(true);
    const parts = fleet?.processes.reduce((sum, each) => sum + (each.memoryBytes ?? 0), memory.supervisorBytes);
    expect(parts).toBe(memory.totalBytes);
    line.state();
    expect(await line.run('down')).toMatchObject({ code: 0, err: '' });
    await expectNothingLeft(line);
    expect(await line.run('down')).toEqual({ code: 0, out: 'no fleet runs', err: '' });
  });

  test('two balancers per stage: asked for once, and known to every later command', async () => {
    await using line = await CommandLine.create();
    const up = await line.run('up', '--mode', 'parallel', '--balancers', '2');
    expect(up).toMatchObject({ code: 0, err: '' });
    expect(up.out).toMatch(/all 24 processes are ready after \d+\.\d s/);
    for (const port of [8062, 8072]) {
      expect(up.out).toContain(`2      http://localhost:${port + line.portOffset}  POST /preprocess  service2a:`);
    }
    expect((await line.run('status')).out).toMatch(/^service1-loadbalancer2 +balancer +ready +\d+ +\d+/m);
    expect((await line.run('up', '--mode', 'parallel')).out).toContain('runs already');
    const refused = await line.run('up', '--mode', 'parallel', '--balancers', '1');
    expect(refused.code).toBe(1);
    expect(refused.err).toMatch(
      /^the parallel fleet runs with 2 balancers per stage, since .*\nChange that: BALANCERS=1 make restart-parallel$/,
    );
    line.state();
    await line.run('down');
    await expectNothingLeft(line);
  });

  test('restart: as many balancers as before, or as many as are asked for', async () => {
    await using line = await CommandLine.create();
    const balancers = async () => (await line.status()).fleet?.processes.filter(({ role }) => role === 'balancer');
    await line.run('restart', '--mode', 'parallel', '--balancers', '2');
    expect(await balancers()).toHaveLength(8);
    await line.run('restart', '--mode', 'parallel');
    expect(await balancers()).toHaveLength(8);
    await line.run('restart', '--mode', 'parallel', '--balancers', '1');
    expect(await balancers()).toHaveLength(4);
  });

  test.each(['up', 'restart', 'with'])(
    '%s with any other number of balancers: one line says what is allowed',
    async (command) => {
      await using line = await CommandLine.create();
      const wrong = await line.run(command, '--mode', 'parallel', '--balancers', '3', '--', 'true');
      expect(wrong).toEqual({ code: 1, out: '', err: 'BALANCERS=3 is not known; it takes 1 or 2' });
    },
  );

  test('a second up of the same mode says what runs, and changes nothing', async () => {
    await using line = await CommandLine.create();
    await line.run('up', '--mode', 'sequential');
    const before = line.state();
    const again = await line.run('up', '--mode', 'sequential');
    expect(again.code).toBe(0);
    expect(again.out).toMatch(/^the sequential fleet runs already, since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d/);
    expect(again.out).toContain(`http://localhost:${8061 + line.portOffset}`);
    expect(line.state()).toEqual(before);
  });

  test('up, restart and down of the other mode leave what runs alone, and say how to stop it', async () => {
    await using line = await CommandLine.create();
    await line.run('up', '--mode', 'sequential');
    const before = line.state();
    for (const command of ['up', 'restart']) {
      const refused = await line.run(command, '--mode', 'parallel');
      expect(refused.code).toBe(1);
      expect(refused.err).toMatch(/^the sequential fleet runs, since .*\nStop it first: make down$/);
    }
    const spared = await line.run('down', '--mode', 'parallel');
    expect(spared.code).toBe(0);
    expect(spared.out).toContain('no parallel fleet runs; the sequential fleet is left alone');
    expect(line.state()).toEqual(before);
  });

  test('two ups at once: one fleet, and both succeed', async () => {
    await using line = await CommandLine.create();
    const both = await Promise.all([line.run('up', '--mode', 'sequential'), line.run('up', '--mode', 'sequential')]);
    expect(both.map((each) => each.code)).toEqual([0, 0]);
    expect(both.filter((each) => each.out.includes('runs already'))).toHaveLength(1);
    expect(line.state()?.processes).toHaveLength(4);
  });

  test('restart: other processes, same addresses; what ran before keeps its logs', async () => {
    await using line = await CommandLine.create();
    await line.run('up', '--mode', 'sequential');
    const before = line.state();
    const restarted = await line.run('restart', '--mode', 'sequential');
    expect(restarted).toMatchObject({ code: 0, err: '' });
    expect(line.state()?.ports).toEqual(before?.ports);
    expect(line.survivors().sort()).toEqual(['service1a', 'service2a', 'service3a', 'service4a', 'supervisor']);
    expect(line.recorded('service1a').pid).not.toBe(before?.processes.at(-1)?.pid);
    expect(existsSync(`${line.fixture.stateDir}/logs.previous/service1a.log`)).toBe(true);
  });

  test('the supervisor is in a session of its own, without a terminal', async () => {
    await using line = await CommandLine.create();
    await line.run('up', '--mode', 'sequential');
    const { pid } = line.recorded('supervisor');
    const ps = execFileSync('ps', ['-o', 'pgid=,tty=', '-p', String(pid)], { encoding: 'utf8' })
      .trim()
      .split(/\s+/);
    expect(ps[0]).toBe(String(pid));
    expect(ps[1]).toMatch(/^\?+$/);
  });
});

describe('an up that fails', () => {
  test('for a configuration: names the process, shows its last lines, stops everything again', async () => {
    await using line = await CommandLine.create();
    line.behave('service3c', 'refuse');
    const up = await line.run('up', '--mode', 'parallel');
    expect(up.code).toBe(1);
    expect(up.err).toContain('service3c did not become ready: exited with code 1: service3c: FLOTILLA_NONSENSE');
    expect(up.err).toMatch(/last lines of .*service3c\.log:\n {2}service3c: FLOTILLA_NONSENSE is not a setting/);
    await expectNothingLeft(line);
  });

  test('for a busy port: names the port, the process that wants it, and the one that has it', async () => {
    await using line = await CommandLine.create();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(8065 + line.portOffset, '127.0.0.1', resolve));
    const up = await line.run('up', '--mode', 'parallel');
    expect(up.code).toBe(1);
    expect(up.err).toContain(`port ${8065 + line.portOffset} (service3b) is in use by pid ${process.pid}: `);
    await new Promise((resolve) => server.close(resolve));
    await expectNothingLeft(line);
  });

  test('for Ctrl-C: leaves nothing', async () => {
    await using line = await CommandLine.create();
    line.behave('service1a', 'unready');
    const up = line.begin('up', '--mode', 'sequential');
    await eventually(() => line.state()?.processes.length === 4, 'the fleet is starting');
    up.kill('SIGINT');
    expect((await up).exitCode).toBe(130);
    await expectNothingLeft(line);
  });

  test('for a setting: names it', async () => {
    await using line = await CommandLine.create();
    line.env.FLOTILLA_MAX_LOG_BYTES = 'lots';
    const up = await line.run('up', '--mode', 'sequential');
    expect(up).toMatchObject({
      code: 1,
      err: 'FLOTILLA_MAX_LOG_BYTES must be a whole number from 4096 to 68719476736',
    });
  });
});

describe('instances', () => {
  test('one that crashes is restarted; one that hangs is told from one that is ready', async () => {
    await using line = await CommandLine.create();
    await line.run('up', '--mode', 'sequential');
    process.kill(line.recorded('service2a').pid, 'SIGKILL');
    const restarts = async () =>
      (await line.status()).fleet?.processes.find((each) => each.name === 'service2a')?.restarts;
    await eventually(async () => (await restarts()) === 1, 'service2a is restarted');
    line.fixture.setReady('service3a', false);
    const { out } = await line.run('status');
    expect(out).toMatch(/^service3a +service +unready +\d+ /m);
    expect(out).toMatch(/^service4a +service +ready +\d+ +\d+ .* 0$/m);
    expect(out).toContain('service2a last ended by SIGKILL');
  });

  test('stopped, held, and started again by name', async () => {
    await using line = await CommandLine.create();
    await line.run('up', '--mode', 'sequential');
    expect((await line.run('stop-instance', 'service2a')).out).toContain('stays so until');
    expect((await line.run('status')).out).toMatch(/^service2a +service +stopped +- /m);
    expect(await line.taken()).not.toContain(8062 + line.portOffset);
    expect((await line.run('start-instance', 'service2a')).out).toBe('service2a is ready');
    const { pid } = line.recorded('service2a');
    expect((await line.run('restart-instance', 'service2a')).out).toBe('service2a is restarted, and ready');
    expect(line.recorded('service2a').pid).not.toBe(pid);
    const unknown = await line.run('stop-instance', 'service2b');
    expect(unknown.code).toBe(1);
    expect(unknown.err).toContain('there are service1a, service2a, service3a, service4a');
  });

  test('without a fleet: says how to get one', async () => {
    await using line = await CommandLine.create();
    expect((await line.run('start-instance', 'service1a')).err).toContain('no fleet runs; start one with `make up`');
    expect((await line.run('status')).out).toContain('no fleet runs');
    expect(await line.status()).toMatchObject({ running: false, fleet: null });
  });
});

describe('logs', () => {
  test('of the processes named, as they are, and as they grow', async () => {
    await using line = await CommandLine.create();
    await line.run('up', '--mode', 'sequential');
    const { out } = await line.run('logs', 'service1', 'service4a');
    expect(
      out
        .split('\n')
        .map((each) => each.split(' | ')[0])
        .sort()
        .reverse(),
    ).toEqual(['service4a', 'service1a']);
    expect((await line.run('logs', 'service9')).err).toContain(
      'no log is called service9; there are service1, service1a',
    );

    const following = line.begin('logs', '--follow', 'service1a');
    let seen = '';
    following.stdout.on('data', (chunk: Buffer) => {
      seen += chunk.toString();
    });
    await eventually(() => seen.includes('"msg":"listening"'), 'what was there is shown');
    await fetch(`http://127.0.0.1:${8061 + line.portOffset}/say?text=news`);
    await eventually(() => seen.includes('"msg":"news"'), 'what comes is shown');
    following.kill('SIGINT');
    expect((await following).exitCode).toBe(0);
  });

  test('outlive the fleet, and a reader that stops', async () => {
    await using line = await CommandLine.create();
    await line.run('up', '--mode', 'sequential');
    const more = Array.from({ length: 100 }, (_, index) => `text=${index}${'x'.repeat(100)}`).join('&');
    for (let each = 0; each < 10; each++) await fetch(`http://127.0.0.1:${8061 + line.portOffset}/say?${more}`);
    await line.run('down');
    expect((await line.run('logs', 'service1a')).out.split('\n')).toHaveLength(1002);
    const reading = line.begin('logs', 'service1a');
    reading.stdout.once('data', () => reading.stdout.destroy());
    expect((await reading).exitCode).toBe(0);
  });

  test('stay bounded', async () => {
    await using line = await CommandLine.create();
    line.env.FLOTILLA_MAX_LOG_BYTES = '4096';
    await line.run('up', '--mode', 'sequential');
    await fetch(`http://127.0.0.1:${8061 + line.portOffset}/say?text=${'x'.repeat(5000)}`);
    await eventually(() => existsSync(`${line.fixture.stateDir}/logs/service1a.log.1`), 'the log is put aside');
    expect((await line.run('logs', 'service1a')).out).toContain('listening');
  });
});
