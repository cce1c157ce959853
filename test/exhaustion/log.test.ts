import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { waitFor } from '../fleet/support.js';
import { OneProcess } from './one-process.js';
import { because, limitObstacle, mountObstacle, TemporaryDirectory } from './scarcity.js';

const SINK = join(import.meta.dirname, '../../packages/process/dist/log-sink.js');
const noMount = mountObstacle();
const noLimits = limitObstacle();

/** More than the 1 MiB that waits, and the 64 KiB of a pipe. */
const LINES_BEYOND_WAITING = 4000;

interface Line {
  readonly msg: string;
  readonly code?: string;
  readonly dropped_lines?: number;
}

/** The lines of a log that are whole. */
function wholeLines(text: string): Line[] {
  return text.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as Line];
    } catch {
      return [];
    }
  });
}

const CANNOT = 'the log cannot be written; its lines are dropped and counted';
const AGAIN = 'the log is written again';

function told(stderr: string): Line[] {
  return wholeLines(stderr).filter(({ msg }) => msg === CANNOT || msg === AGAIN);
}

describe.skipIf(noLimits)(`a log that reaches the limit of a file’s size${because(noLimits)}`, () => {
  test('every request is answered, what is lost is counted and told of once, and it heals', async () => {
    using directory = new TemporaryDirectory();
    const out = openSync(directory.at('out'), 'a');
    const err = openSync(directory.at('err'), 'a');
    await using one = await OneProcess.ready(['ignore', out, err]);
    one.limit('fsize', 50_000);
    expect(await one.logLines(1000)).toEqual(new Set([404]));
    await waitFor(async () => (await one.droppedLines()) > 0);
    expect(told(directory.read('err'))).toMatchObject([{ msg: CANNOT, code: 'EFBIG' }]);
    one.limit('fsize', 'unlimited');
    await waitFor(async () => {
      await one.logLines(1);
      return told(directory.read('err')).length > 1;
    });
    expect(told(directory.read('err'))).toMatchObject([{}, { msg: AGAIN, dropped_lines: await one.droppedLines() }]);
    one.child.kill('SIGTERM');
    expect(await one.exited).toEqual([0, null]);
    const written = wholeLines(directory.read('out')).filter(({ msg }) => msg === 'request').length;
    const dropped = told(directory.read('err')).at(-1)?.dropped_lines ?? 0;
    // Of the one that was cut some is there, and it counts as lost.
    expect(written + dropped).toBe(one.loggedRequests);
    for (const descriptor of [out, err]) closeSync(descriptor);
  });
});

describe.skipIf(noMount)(`a full disk${because(noMount)}`, () => {
  test('every request is answered, the process ends when told to, and lines are whole again once there is room', async () => {
    using directory = new TemporaryDirectory(600);
    writeFileSync(directory.at('filler'), 'x'.repeat(500 * 1024));
    const log = openSync(directory.at('log'), 'a');
    await using one = await OneProcess.ready(['ignore', log, log]);
    expect(await one.logLines(1000)).toEqual(new Set([404]));
    await waitFor(async () => (await one.droppedLines()) > 0);
    rmSync(directory.at('filler'));
    await waitFor(async () => {
      await one.logLines(1);
      return directory.read('log').includes(AGAIN);
    });
    const [healed] = told(directory.read('log'));
    expect(healed?.dropped_lines).toBe(await one.droppedLines());
    expect(await one.logLines(2000)).toEqual(new Set([404]));
    one.child.kill('SIGTERM');
    expect(await one.exited).toEqual([0, null]);
    closeSync(log);
  });
});

describe('a pipe', () => {
  test('whose reader is gone stops nothing', async () => {
    using directory = new TemporaryDirectory();
    const { reader, writer } = pipeIn(directory);
    const err = openSync(directory.at('err'), 'a');
    await using one = await OneProcess.ready(['ignore', writer, err]);
    closeSync(reader);
    expect(await one.logLines(200)).toEqual(new Set([404]));
    await waitFor(async () => (await one.droppedLines()) > 0);
    expect(told(directory.read('err'))).toMatchObject([{ msg: CANNOT, code: 'EPIPE' }]);
    one.child.kill('SIGTERM');
    expect(await one.exited).toEqual([0, null]);
    for (const descriptor of [writer, err]) closeSync(descriptor);
  });

  test('without a reader is waited for within bounds, and not at the end', async () => {
    using directory = new TemporaryDirectory();
    const { reader, writer } = pipeIn(directory);
    const err = openSync(directory.at('err'), 'a');
    await using one = await OneProcess.ready(['ignore', writer, err]);
    expect(await one.logLines(1000)).toEqual(new Set([404]));
    expect(await one.droppedLines()).toBe(0);
    expect(await one.logLines(LINES_BEYOND_WAITING)).toEqual(new Set([404]));
    expect(await one.droppedLines()).toBeGreaterThan(0);
    expect(told(directory.read('err'))).toMatchObject([{ msg: CANNOT, code: 'EAGAIN' }]);
    await waitFor(async () => {
      drain(reader);
      await one.logLines(1);
      return told(directory.read('err')).length > 1;
    });
    expect(await one.logLines(1000)).toEqual(new Set([404]));
    one.child.kill('SIGTERM');
    expect(await one.exited).toEqual([0, null]);
    for (const descriptor of [reader, writer, err]) closeSync(descriptor);
  });

  test('that blocks its writer does not keep a process from ending', async () => {
    using directory = new TemporaryDirectory();
    const { reader, writer } = pipeIn(directory);
    const program = `import(${JSON.stringify(SINK)}).then(async ({ LogSink }) => {
      const sink = new LogSink(3, { began() {}, ended() {} });
      process.once('exit', () => sink.endSync());
      sink.write('x'.repeat(200_000) + '\\n');
      await sink.end();
      process.exit(0);
    });`;
    const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'ignore', 'inherit', writer] });
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
    for (const descriptor of [reader, writer]) closeSync(descriptor);
  });
});

/** Both ends of a pipe of the file system. The end for writing blocks. */
function pipeIn(directory: TemporaryDirectory): { reader: number; writer: number } {
  execFileSync('mkfifo', [directory.at('pipe')]);
  const reader = openSync(directory.at('pipe'), constants.O_RDONLY | constants.O_NONBLOCK);
  return { reader, writer: openSync(directory.at('pipe'), 'w') };
}

/** Takes all that a pipe holds. */
function drain(reader: number): void {
  const buffer = Buffer.alloc(64 * 1024);
  try {
    while (readSync(reader, buffer) > 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
  }
}
