import { describe, expect, test } from 'vitest';
import { eventually } from '../eventually.js';
import { BIND_ADDRESS, containers, DockerLine, docker, healthOf } from './docker-line.js';

const TIMEOUT_MS = 300_000;

describe('up, status, down', () => {
  test(
    'auto takes Docker; every command acts on what runs; down leaves nothing and can be repeated',
    async () => {
      await using line = await DockerLine.create();
      const up = await line.run('up', '--mode', 'sequential');
      expect(up).toMatchObject({ code: 0, err: '' });
      expect(up.out).toMatch(/the images are up to date after \d+\.\d s\n.*\nall 4 containers are ready after \d+/);
      const host = BIND_ADDRESS === '127.0.0.1' ? 'localhost' : BIND_ADDRESS;
      expect(up.out).toContain(`http://${host}:8062  POST /preprocess  service2a`);
      expect(await Promise.all([1, 2, 3, 4].map(healthOf))).toEqual([200, 200, 200, 200]);

      const ids = await docker('ps', '--quiet');
      const again = await line.run('up', '--mode', 'sequential');
      expect(again.out).toMatch(/^the sequential fleet runs already under Docker, since \d{4}-\d\d-\d\d/);
      expect(await docker('ps', '--quiet')).toBe(ids);

      const { runtime, fleet, memory } = await line.status();
      expect([runtime, fleet?.mode, fleet?.processes.map((each) => each.state)]).toEqual([
        'docker',
        'sequential',
        ['ready', 'ready', 'ready', 'ready'],
      ]);
      expect(fleet?.processes.every((each) => (each.memoryBytes ?? 0) > 1_000_000)).toBe(true);
      expect(memory).toMatchObject({ measure: 'MEM USAGE', supervisorBytes: 0 });
      expect((await line.run('--runtime', 'local', 'status')).out).toMatch(
        /^service3a +service +ready +healthy +8063 /m,
      );

      expect((await line.run('down', '--mode', 'parallel')).out).toContain('the sequential fleet is left alone');
      expect(await line.run('--runtime', 'local', 'down')).toMatchObject({ code: 0, err: '' });
      expect(await line.remains()).toEqual([]);
      expect(await line.run('down')).toEqual({ code: 0, out: 'no fleet runs', err: '' });
    },
    TIMEOUT_MS,
  );

  test(
    'the other mode and the other runtime are refused, with the command that helps',
    async () => {
      await using line = await DockerLine.create();
      await line.run('up', '--mode', 'sequential');
      const refusal = /^the sequential fleet runs under Docker, since .*\nStop it first: make down$/;
      expect((await line.run('up', '--mode', 'parallel')).err).toMatch(refusal);
      expect((await line.run('--runtime', 'local', 'up', '--mode', 'sequential')).err).toMatch(refusal);
      expect((await line.run('--runtime', 'local', 'restart', '--mode', 'sequential')).err).toMatch(refusal);
      expect(await line.notReady()).toEqual([]);
    },
    TIMEOUT_MS,
  );

  test(
    'containers whose fleet was not remembered are found and ended',
    async () => {
      await using line = await DockerLine.create();
      await line.run('up', '--mode', 'sequential');
      await using other = new DockerLine();
      expect((await other.run('up', '--mode', 'parallel')).err).toContain('the sequential fleet runs under Docker');
      expect((await other.run('down')).out).toContain('stopping the sequential fleet: 4 containers');
      expect(await containers()).toEqual([]);
      expect((await line.run('status')).out).toContain('no fleet runs');
    },
    TIMEOUT_MS,
  );

  test(
    'parallel: with makes room for the other mode and puts back, with what was held down',
    async () => {
      await using line = await DockerLine.create();
      const up = await line.run('--runtime', 'docker', 'up', '--mode', 'parallel');
      expect(up.out).toContain('all 20 containers are ready after');
      await line.run('stop-instance', 'service3d');
      const script = `fetch('http://${BIND_ADDRESS}:8064/health').then((r) => { console.log(r.status); process.exit(7) })`;
      const ran = await line.run('with', '--mode', 'sequential', '--', process.execPath, '-e', script);
      expect(ran).toMatchObject({ code: 7, out: '200' });
      expect((await line.status()).fleet?.mode).toBe('parallel');
      expect(await line.notReady()).toEqual(['service3d stopped']);
      expect((await line.run('start-instance', 'service3d')).out).toBe('service3d is ready');
      expect(await line.notReady()).toEqual([]);
    },
    TIMEOUT_MS,
  );
});

test(
  'two balancers per stage: asked for once, and known to every later command',
  async () => {
    await using line = await DockerLine.create();
    const up = await line.run('--runtime', 'docker', 'up', '--mode', 'parallel', '--balancers', '2');
    expect(up.out).toContain('all 24 containers are ready after');
    expect(up.out).toContain(':8072  POST /preprocess  service2a:');
    const second = 'service2-loadbalancer2';
    expect((await line.run('stop-instance', second)).code).toBe(0);
    expect(await line.notReady()).toEqual([`${second} stopped`]);
    expect((await line.run('restart-instance', second)).out).toBe(`${second} is restarted, and ready`);
    const urls = await line.run('with', '--', process.execPath, '-p', 'process.env.SERVICE4_URL');
    expect(urls.out).toBe([8064, 8074].map((port) => `http://${BIND_ADDRESS}:${port}`).join(','));
    expect((await line.run('up', '--mode', 'parallel', '--balancers', '1')).err).toContain('runs with 2 balancers');
    expect((await line.run('logs', '--balancers', '--group', 'service2')).out).toContain(`rest-${second}`);
    expect((await line.run('down')).code).toBe(0);
    expect(await line.remains()).toEqual([]);
  },
  TIMEOUT_MS,
);

describe('instances', () => {
  test(
    'one that dies is started again and counted; one that is stopped stays so until it is started',
    async () => {
      await using line = await DockerLine.create();
      await line.run('up', '--mode', 'sequential');
      await docker('exec', 'rest-service2a', 'node', '-e', "process.kill(1, 'SIGTERM')");
      const service2a = async () => (await line.status()).fleet?.processes.find((each) => each.name === 'service2a');
      await eventually(async () => (await service2a())?.restarts === 1, 'service2a is started again');
      await eventually(async () => (await line.notReady()).length === 0, 'service2a is ready');

      expect((await line.run('stop-instance', 'service2a')).out).toContain('stays so until');
      expect(await line.notReady()).toEqual(['service2a stopped']);
      expect((await line.run('start-instance', 'service2a')).out).toBe('service2a is ready');
      expect(await healthOf(2)).toBe(200);
      expect((await line.run('stop-instance', 'service2b')).err).toContain('there are service1a, service2a, service3a');
    },
    TIMEOUT_MS,
  );
});

describe('logs', () => {
  test(
    'of the processes named, as they are, and as they grow',
    async () => {
      await using line = await DockerLine.create();
      await line.run('up', '--mode', 'sequential');
      const all = await line.run('logs');
      const names = all.out.split('\n').map((each) => each.split(' ')[0]);
      expect([...new Set(names)].sort()).toEqual([
        'rest-service1a',
        'rest-service2a',
        'rest-service3a',
        'rest-service4a',
      ]);
      const one = (await line.run('logs', 'service1', '--tail', '1')).out;
      expect(JSON.parse(one)).toMatchObject({ instance: 'service1a' });
      expect((await line.run('logs', 'service9')).err).toContain(
        'no log is called service9; there are service1, service1a',
      );

      const following = line.begin('logs', '--follow', 'service1a');
      let seen = '';
      following.stdout.on('data', (chunk: Buffer) => {
        seen += chunk;
      });
      await eventually(() => seen.includes('listening'), 'the log is shown');
      const body = JSON.stringify({ text: 'one two', request_id: 'a-request-to-be-seen' });
      const headers = { 'content-type': 'application/json' };
      await fetch(`http://${BIND_ADDRESS}:8061/process`, { method: 'POST', headers, body });
      await eventually(() => seen.includes('a-request-to-be-seen'), 'a new line is shown');
      following.kill('SIGINT');
      expect((await following).exitCode).toBe(0);
    },
    TIMEOUT_MS,
  );
});
