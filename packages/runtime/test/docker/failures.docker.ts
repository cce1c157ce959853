import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { eventually } from '../eventually.js';
import { BIND_ADDRESS, containers, DockerLine, docker } from './docker-line.js';

const TIMEOUT_MS = 300_000;

describe('an up that fails', () => {
  test(
    'for a configuration: names a container, shows its last lines, takes everything down again',
    async () => {
      await using line = await DockerLine.create();
      line.env.FLOTILLA_CONNECT_TIMEOUT_MS = 'soon';
      const up = await line.run('up', '--mode', 'sequential');
      expect(up.code).toBe(1);
      expect(up.out).toContain('stopping everything again');
      expect(up.err).toMatch(/^service\da did not become ready: (exited with code 1|it ended by itself)/);
      expect(up.err).toMatch(/last lines of `docker logs rest-service\da`:\n.*FLOTILLA_CONNECT_TIMEOUT_MS/s);
      expect(await line.remains()).toEqual([]);
    },
    TIMEOUT_MS,
  );

  test(
    'for a busy port: names the port, who wants it, and the process that has it',
    async () => {
      await using line = await DockerLine.create();
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(8063, BIND_ADDRESS, resolve));
      const up = await line.run('up', '--mode', 'sequential');
      await new Promise((resolve) => server.close(resolve));
      expect(up.code).toBe(1);
      expect(up.err).toContain(`port 8063 (service3a) is in use by pid ${process.pid}: `);
      expect(await line.remains()).toEqual([]);
    },
    TIMEOUT_MS,
  );

  test(
    'for a port or a name that a container of another project has: names the container and leaves it alone',
    async () => {
      await using line = await DockerLine.create();
      await line.run('build', '--mode', 'sequential');
      const forever = ['flotilla-service1-input', 'node', '-e', 'setInterval(() => {}, 1000)'];
      const publish = ['--publish', `${BIND_ADDRESS}:8064:80`];
      await docker('run', '--detach', '--init', '--name', 'another-projects', ...publish, ...forever);
      const onPort = await line.run('up', '--mode', 'sequential');
      await docker('rename', 'another-projects', 'rest-service4a');
      const onName = await line.run('up', '--mode', 'sequential');
      const running = await docker('inspect', '--format', '{{.State.Running}}', 'rest-service4a');
      await docker('rm', '--force', 'rest-service4a');
      expect(onPort.err).toContain('port 8064 (service4a) is in use by container another-projects');
      expect(onName.err).toMatch(
        /^the name is taken: container rest-service4a\nIf it is yours to end: docker rm --force/,
      );
      expect(running).toBe('true');
      expect(await line.remains()).toEqual([]);
    },
    TIMEOUT_MS,
  );

  test(
    'for Ctrl-C: leaves nothing',
    async () => {
      await using line = await DockerLine.create();
      const up = line.begin('up', '--mode', 'parallel');
      await eventually(async () => (await containers()).length > 0, 'containers are being made', 120_000);
      up.kill('SIGINT');
      expect((await up).exitCode).toBe(130);
      expect(await line.remains()).toEqual([]);
    },
    TIMEOUT_MS,
  );
});

test(
  'clean removes the images of this project, and no others',
  async () => {
    await using line = await DockerLine.create();
    await line.run('up', '--mode', 'sequential');
    const ours = () => docker('image', 'ls', '--quiet', '--filter', 'label=flotilla.image');
    const others = () => docker('image', 'ls', '--quiet', '--filter', 'reference=node');
    const before = await others();
    expect(await ours()).not.toBe('');
    expect(await line.run('clean')).toMatchObject({ code: 0, err: '' });
    expect(await ours()).toBe('');
    expect(await others()).toBe(before);
    expect(await line.remains()).toEqual([]);
    expect(await line.run('clean')).toMatchObject({ code: 0, err: '' });
  },
  TIMEOUT_MS,
);
