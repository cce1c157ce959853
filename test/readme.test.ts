import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { freePortOffset } from '@flotilla/runtime';
import { pipeline } from '@flotilla/topology';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const readme = await readFile(join(ROOT, 'README.md'), 'utf8');

/** The lines of the first fenced block after a heading, without their comments. */
function commandsUnder(heading: string): string[] {
  const section = readme.slice(readme.indexOf(heading));
  const block = /```\n([\s\S]*?)```/.exec(section)?.[1] ?? '';
  return block.split('\n').flatMap((line) => line.replace(/\s+# .*$/, '').trim() || []);
}

/** Several fleets one after the other, on a machine that is busy with others. */
const FLEET_TIMEOUT_MS = 180_000;

let env: NodeJS.ProcessEnv;
let running: ChildProcess | undefined;

beforeAll(async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'flotilla-readme-'));
  // The commands as they stand, on a fleet beside whatever else runs on this machine.
  env = {
    ...process.env,
    FLOTILLA_PORT_OFFSET: String(await freePortOffset(pipeline({ balancers: 2 }))),
    FLOTILLA_STATE_DIR: stateDir,
  };
  env.RUNTIME = 'local';
  return async () => {
    await run('make down');
    await rm(stateDir, { recursive: true });
  };
});

beforeEach(({ onTestFailed }) => {
  // A test that ran out of time leaves its command at work, and a fleet that the next test would meet.
  onTestFailed(async () => {
    if (running?.pid) process.kill(-running.pid, 'SIGTERM');
    if (running) await once(running, 'close');
    await run('make down');
  });
});

async function run(command: string): Promise<{ code: number; output: string }> {
  const offset = Number(env.FLOTILLA_PORT_OFFSET);
  const shifted = command.replace(/localhost:(\d+)/g, (_match, port: string) => `localhost:${Number(port) + offset}`);
  // In a process group of its own, so that all that it starts can be ended with it.
  const child = spawn('bash', ['-c', `{ ${shifted}\n} 2>&1`], {
    cwd: ROOT,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running = child;
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  running = undefined;
  return { code: code ?? 1, output };
}

describe('the README', () => {
  test(
    'make demo prints the report and what each instance did, and leaves nothing running',
    async () => {
      const { code, output } = await run(commandsUnder('# Flotilla')[0] as string);
      expect(output).toContain('Word count report');
      expect(output).toContain('service4d');
      expect(code).toBe(0);
      expect((await run('make status')).output).toContain('no fleet runs');
    },
    FLEET_TIMEOUT_MS,
  );

  test(
    'every command of the tour works as it is written',
    async () => {
      const commands = commandsUnder('## The tour');
      expect(commands.length).toBeGreaterThan(8);
      for (const command of commands) {
        const { code, output } = await run(command);
        expect(code, `${command}\n${output}`).toBe(0);
        if (command.includes('/process')) expect(output).toContain('"status":"success"');
        if (command.includes('/process') && command.includes('application/json')) {
          expect(output).toContain('"word_count":6');
        }
        if (command.includes('/pipeline.')) expect(output).toContain('"wordCount":2');
        if (command.includes('/stats')) expect(output).toContain('"instances":["service1a:8051"');
        if (command.includes('test-parallel')) expect(output).toContain('Speed-up');
      }
      expect((await run('make status')).output).toContain('no fleet runs');
    },
    FLEET_TIMEOUT_MS,
  );

  test(
    'with two balancers per stage, one may be restarted and the other stopped',
    async () => {
      const commands = commandsUnder('### Two balancers per stage');
      expect(commands.length).toBeGreaterThan(3);
      for (const command of commands) {
        const { code, output } = await run(command);
        expect(code, `${command}\n${output}`).toBe(0);
        if (command.includes('up-parallel')) expect(output).toContain('all 24 processes are ready');
        if (command.includes('test-parallel')) expect(output).toContain('going on with another address');
      }
      expect((await run('make status')).output).toContain('no fleet runs');
    },
    FLEET_TIMEOUT_MS,
  );

  test('a balancer shows what it would run with', async () => {
    const { code, output } = await run(commandsUnder('### How a balancer behaves')[0] as string);
    expect(code).toBe(0);
    expect(output).toMatch(/^FLOTILLA_STRATEGY=round_robin +# default/m);
  });

  test('every file that a document links to is there', async () => {
    for (const document of ['README.md', 'docs/architecture.md', 'docs/dependencies.md', 'docs/chaos.md']) {
      const text = await readFile(join(ROOT, document), 'utf8');
      const links = [...text.matchAll(/\]\(([^)#:]+)\)/g)].map((match) => match[1] as string);
      for (const link of links) {
        const path = join(ROOT, document, '..', link);
        await expect(readFile(path, 'utf8'), `${document} → ${link}`).resolves.toBeTruthy();
      }
    }
  });
});
