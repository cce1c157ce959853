import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { CommandLine } from './command-line.js';
import { eventually } from './eventually.js';

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

  const printUrls = [
    process.execPath,
    '-e',
    "for (const n of [1, 2, 3, 4]) console.log(process.env['SERVICE' + n + '_URL'])",
  ];
  const urlsAt = (line: CommandLine, ...ports: number[]) =>
    ports.map((port) => `http://127.0.0.1:${port + line.portOffset}`).join(',');

  test('tells the command where each stage is, whichever fleet runs', async () => {
    await using line = await CommandLine.create();
    expect(await line.run('with', '--', ...printUrls)).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('no fleet runs; start one with'),
    });
    await line.run('up', '--mode', 'parallel', '--balancers', '2');
    const both = [8061, 8062, 8063, 8064].map((port) => urlsAt(line, port, port + 10));
    for (const options of [[], ['--mode', 'parallel'], ['--mode', 'parallel', '--balancers', '2']]) {
      expect((await line.run('with', ...options, '--', ...printUrls)).out.split('\n')).toEqual(both);
    }
    const alone = [8061, 8062, 8063, 8064].map((port) => urlsAt(line, port));
    expect((await line.run('with', '--mode', 'sequential', '--', ...printUrls)).out.split('\n')).toEqual(alone);
    expect((await line.status()).fleet).toMatchObject({
      options: { balancers: 2 },
      processes: Array(24).fill({ state: 'ready' }),
    });
  });

  test('another number of balancers is another fleet, which is put back', async () => {
    await using line = await CommandLine.create();
    await line.run('up', '--mode', 'parallel');
    const ran = await line.run('with', '--mode', 'parallel', '--balancers', '2', '--', ...printUrls);
    expect(ran.out.split('\n')[3]).toBe(urlsAt(line, 8064, 8074));
    expect(ran.err).toContain('the parallel fleet runs again');
    expect((await line.status()).fleet).toMatchObject({
      options: { balancers: 1 },
      processes: Array(20).fill({ state: 'ready' }),
    });
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
    const script = `require('fs').writeFileSync('${marker}.part', 'yes'); require('fs').renameSync('${marker}.part', '${marker}'); setInterval(() => {}, 1000)`;
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
