import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { expect, describe as suite, test } from 'vitest';
import { LogRotation, rotateLog } from '../../packages/runtime/src/local/log-rotation.js';
import { CommandLine } from '../../packages/runtime/test/command-line.js';
import { waitFor } from '../fleet/support.js';
import { because, limitObstacle, limitProcess, mountObstacle, TemporaryDirectory } from './scarcity.js';

const noMount = mountObstacle();
const noLimits = limitObstacle();

/** Room for a fleet that writes next to nothing. */
const SMALL_KIB = 600;
const UNLIMITED = 4096;
/** Less than any process has open already. */
const NO_DESCRIPTORS = 3;

async function expectNothingLeft(line: CommandLine): Promise<void> {
  expect(line.survivors()).toEqual([]);
  expect(await line.taken()).toEqual([]);
}

suite.skipIf(noMount)(`a state folder that cannot be written${because(noMount)}`, () => {
  const scarcities = [
    { what: 'full', reason: 'no space left on device', exhaust: (directory: TemporaryDirectory) => directory.fill() },
    {
      what: 'read-only',
      reason: 'read-only file system',
      exhaust: (directory: TemporaryDirectory) => directory.makeReadOnly(),
    },
  ];

  test.each(scarcities)('$what while a fleet runs: status, stop-instance and down work', async (scarcity) => {
    using directory = new TemporaryDirectory(SMALL_KIB);
    await using line = await CommandLine.create(directory.path);
    expect(await line.run('up', '--mode', 'sequential')).toMatchObject({ code: 0, err: '' });
    line.state();
    scarcity.exhaust(directory);
    expect((await line.status()).fleet?.processes).toHaveLength(4);
    expect((await line.run('up', '--mode', 'sequential')).out).toContain('the sequential fleet runs already');
    expect(await line.run('stop-instance', 'service2a')).toMatchObject({ code: 0, err: '' });
    expect((await line.status()).fleet?.processes.filter(({ state }) => state === 'ready')).toHaveLength(3);
    expect(await line.run('start-instance', 'service2a')).toMatchObject({ code: 0, err: '' });
    const down = await line.run('down');
    expect(down).toMatchObject({ code: 0, err: '' });
    expect(down.out).toContain(`${directory.path} cannot be written (${scarcity.reason}): going on without a lock`);
    expect(down.out).toContain('stopped; all ports are free');
    await expectNothingLeft(line);
  });

  test.each(scarcities)(
    '$what before a fleet runs: up says so in one sentence and starts nothing',
    async (scarcity) => {
      using directory = new TemporaryDirectory(SMALL_KIB);
      await using line = await CommandLine.create(directory.path);
      scarcity.exhaust(directory);
      expect(await line.run('up', '--mode', 'sequential')).toEqual({
        code: 1,
        out: '',
        err:
          `nothing was started: ${directory.path}, where the fleet would be remembered, cannot be written ` +
          `(${scarcity.reason}); make room there (\`make clean\` removes its logs), or set FLOTILLA_STATE_DIR`,
      });
      expect((await line.run('status')).out).toContain('no fleet runs');
      await expectNothingLeft(line);
    },
  );
});

test('where the fleet cannot be remembered though there is room for a lock, up starts nothing', async () => {
  await using line = await CommandLine.create();
  const inTheWay = `${line.fixture.stateDir}/fleet.json`;
  mkdirSync(inTheWay, { recursive: true });
  const { code, out, err } = await line.run('up', '--mode', 'sequential');
  rmSync(inTheWay, { recursive: true });
  expect({ code, out }).toEqual({ code: 1, out: 'starting the sequential fleet: 4 processes' });
  expect(err).toMatch(
    /^nothing was started: .* cannot be written \(.*\); make room there \(.*\), or set FLOTILLA_STATE_DIR$/,
  );
  await expectNothingLeft(line);
});

test('a fleet whose state file is lost is found at its socket', async () => {
  await using line = await CommandLine.create();
  await line.run('up', '--mode', 'sequential');
  line.state();
  rmSync(`${line.fixture.stateDir}/fleet.json`);
  expect((await line.status()).fleet?.processes).toHaveLength(4);
  expect((await line.run('down')).out).toContain('stopping the sequential fleet: 4 processes');
  await expectNothingLeft(line);
});

test('a process whose log cannot be opened runs without', async () => {
  await using line = await CommandLine.create();
  await line.run('up', '--mode', 'sequential');
  await line.run('stop-instance', 'service2a');
  const log = `${line.fixture.stateDir}/logs/service2a.log`;
  rmSync(log);
  mkdirSync(log);
  expect(await line.run('start-instance', 'service2a')).toMatchObject({ code: 0, err: '' });
  expect(line.fixture.hasLogged('supervisor', 'service2a starts without its log: EISDIR')).toBe(true);
});

test.skipIf(noLimits)(`a supervisor without a file descriptor goes on${because(noLimits)}`, async () => {
  await using line = await CommandLine.create();
  await line.run('up', '--mode', 'sequential');
  const { pid } = line.recorded('supervisor');
  limitProcess(pid, 'nofile', NO_DESCRIPTORS);
  await waitFor(() => line.fixture.hasLogged('supervisor', 'EMFILE'));
  process.kill(line.recorded('service3a').pid, 'SIGKILL');
  expect((await line.run('status')).out).toContain('does not answer');
  limitProcess(pid, 'nofile', UNLIMITED);
  await waitFor(() => line.fixture.hasLogged('supervisor', 'logs can be put aside again'));
  await waitFor(async () => (await line.status()).fleet?.processes.every(({ state }) => state === 'ready') ?? false);
  const said = readFileSync(`${line.fixture.stateDir}/logs/supervisor.log`, 'utf8').split('logs cannot be put aside');
  expect(said).toHaveLength(2);
  expect(await line.run('down')).toMatchObject({ code: 0, err: '' });
  await expectNothingLeft(line);
});

suite.skipIf(noMount)(`logs that cannot be put aside for want of room${because(noMount)}`, () => {
  const LIMIT = 100 * 1024;

  test('stay while they are not much too long, and are cut then', async () => {
    using directory = new TemporaryDirectory(400);
    const log = directory.at('service1a.log');
    writeFileSync(directory.at('filler'), 'x'.repeat(150 * 1024));
    writeFileSync(log, 'x'.repeat(LIMIT + 50_000));
    await expect(rotateLog(log, LIMIT)).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(readFileSync(log)).toHaveLength(LIMIT + 50_000);
    writeFileSync(log, 'x'.repeat(2 * LIMIT + 1));
    await expect(rotateLog(log, LIMIT)).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(readFileSync(log)).toHaveLength(0);
    expect(readdirSync(directory.path).sort()).toEqual(['filler', 'service1a.log']);
  });

  test('are told of once, and once more when it works again', async () => {
    using directory = new TemporaryDirectory(400);
    const said: string[] = [];
    const log = directory.at('service1a.log');
    writeFileSync(log, 'x'.repeat(LIMIT + 50_000));
    directory.fill();
    const rotation = new LogRotation(directory.path, LIMIT, (text) => said.push(text));
    await waitFor(() => said.length > 0);
    rmSync(directory.at('filler'));
    await waitFor(() => existsSync(`${log}.1`) && said.length > 1);
    rotation.close();
    expect(said).toEqual([expect.stringMatching(/^logs cannot be put aside: ENOSPC/), 'logs can be put aside again']);
  });
});
