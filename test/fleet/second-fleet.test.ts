import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { freePortOffset } from '@flotilla/runtime';
import { movedPorts, pipeline, programOf } from '@flotilla/topology';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FixtureRoot } from '../../packages/runtime/test/fixture-root.js';
import { greetings, programs } from './second-fleet/greetings.js';
import { waitFor } from './support.js';

const MAIN = join(import.meta.dirname, 'second-fleet/main.ts');

interface Row {
  readonly name: string;
  readonly state: string;
  readonly pid: number;
  readonly restarts: number;
}

/** One checkout with the programs of both fleets, for all tests of this file, which build on each other. */
const fixture = new FixtureRoot();
const dataDir = join(fixture.root, 'data');
let env: Record<string, string>;
let balancerPort: number;

beforeAll(async () => {
  for (const [folder, source] of Object.entries(programs)) {
    const program = join(fixture.root, programOf(folder));
    mkdirSync(dirname(program), { recursive: true });
    writeFileSync(program, readFileSync(source));
  }
  const both = pipeline();
  const { processes, dependencies } = greetings.define({ options: { greeters: 3 } });
  const portOffset = await freePortOffset({ ...both, processes: [...both.processes, ...processes], dependencies });
  balancerPort = movedPorts([8200], portOffset).get(8200) as number;
  env = {
    PATH: process.env.PATH ?? '',
    FLOTILLA_STATE_DIR: fixture.stateDir,
    FLOTILLA_DATA_DIR: dataDir,
    FLOTILLA_PORT_OFFSET: String(portOffset),
    FLOTILLA_DRAIN_DELAY_MS: '0',
    GREETING_WORD: 'hello',
  };
});

afterAll(async () => {
  await run('down', '--all');
  fixture[Symbol.dispose]();
});

function run(...parameters: string[]): Promise<{ code: unknown; out: string; err: string }> {
  const command = [MAIN, '--root', fixture.root, '--runtime', 'local', ...parameters];
  return new Promise((resolve) => {
    execFile(process.execPath, command, { env }, (error, stdout, stderr) =>
      resolve({ code: error ? error.code : 0, out: stdout.trimEnd(), err: stderr.trimEnd() }),
    );
  });
}

async function rows(): Promise<Row[]> {
  return JSON.parse((await run('status', '--fleet', 'greetings', '--json')).out).fleet.processes;
}

async function rowOf(name: string): Promise<Row> {
  const found = (await rows()).find((each) => each.name === name);
  if (!found) throw new Error(`no ${name}`);
  return found;
}

async function greet(): Promise<string> {
  return (await fetch(`http://127.0.0.1:${balancerPort}/greet`)).text();
}

describe('a fleet that the runtime has no line about', () => {
  test('starts what depends on another process when that is ready, and prints where it is', async () => {
    const up = await run('up', '--fleet', 'greetings');
    expect(up).toMatchObject({ code: 0, err: '' });
    expect(up.out).toMatch(/starting the greetings fleet: 5 processes\n/);
    expect(up.out).toMatch(/all 5 processes are ready after \d+\.\d s/);
    expect(up.out).toMatch(/^WORK +ADDRESS +ROUTE +GREETERS$/m);
    expect(up.out).toContain(`greet  http://localhost:${balancerPort}  GET /greet  greeter-a:${balancerPort + 1}`);
    expect(up.out).toContain(`Try: curl localhost:${balancerPort}/greet`);
    expect(await rowOf('counter-a')).toMatchObject({ state: 'ready', restarts: 0 });
  });

  test('gets its environment: the caller’s word, the others’ addresses, a folder for data', async () => {
    expect([await greet(), await greet(), await greet()]).toEqual([
      'greeter-a hello 1',
      'greeter-b hello 2',
      'greeter-a hello 3',
    ]);
    expect(readFileSync(join(dataDir, 'greetings/greeting-store/count'), 'utf8')).toBe('3');
  });

  test('runs beside another fleet, and commands without a name are about both', async () => {
    expect((await run('up', '--mode', 'sequential')).code).toBe(0);
    const { out } = await run('status');
    expect(out).toMatch(/^the sequential fleet, since /m);
    expect(out).toMatch(/^the greetings fleet, since /m);
    expect(out).toMatch(/^service4a +service +ready/m);
    expect(out).toMatch(/^greeting-store +dependency +ready/m);
    expect((await run('logs')).out).toMatch(/service1a +\|.*\n(.*\n)*counter-a +\|/);
    expect((await run('logs', 'greeter', 'service2a')).out).toMatch(/"msg":"greeter-b"/);
    const variables = ['SERVICE1_URL', 'GREETINGS_URL'].map((name) => `process.env.${name}`).join(' + " " + ');
    expect((await run('with', '--', process.execPath, '-p', variables)).out).toMatch(/^http:\S+ http:\S+$/);
  });

  test('is found by the name of a process: to stop, start and restart it', async () => {
    expect((await run('stop-instance', 'greeter-b')).out).toContain('greeter-b is stopped');
    expect((await rowOf('greeter-b')).state).toBe('stopped');
    expect((await run('start-instance', 'greeter-b')).out).toBe('greeter-b is ready');
    const { pid } = await rowOf('greeting-store');
    expect((await run('restart-instance', 'greeting-store')).out).toBe('greeting-store is restarted, and ready');
    expect((await rowOf('greeting-store')).pid).not.toBe(pid);
    expect((await run('logs', 'greeting-store')).out).toContain('ended by its own signal');
    expect(await greet()).toMatch(/hello 4$/);
    expect((await run('stop-instance', 'greeter-z')).err).toMatch(/^no process is called greeter-z; there are /);
  });

  test('has its dependency back after a crash', async () => {
    process.kill((await rowOf('greeting-store')).pid, 'SIGKILL');
    await waitFor(async () => (await rowOf('greeting-store')).restarts === 1);
    await waitFor(async () => (await rowOf('greeting-store')).state === 'ready');
    expect(await greet()).toMatch(/hello 5$/);
  });

  test('restarts with what is asked for of its options, and refuses others beside what runs', async () => {
    const refused = await run('up', '--fleet', 'greetings', '--greeters', '3');
    expect(refused.err).toMatch(
      /^the greetings fleet runs with 2 greeters, since .*\nChange that: GREETERS=3 make restart FLEET=greetings$/,
    );
    expect((await run('restart', '--fleet', 'greetings', '--greeters', '3')).out).toMatch(/all 6 processes are ready/);
    expect((await rows()).map(({ name }) => name)).toContain('greeter-c');
    expect((await run('up', '--fleet', 'greetings', '--greeters', '4')).err).toBe(
      'GREETERS=4 is not known; it takes 1 or 2 or 3',
    );
  });

  test('stops alone; its data stay, which only clean-data removes, after a yes', async () => {
    expect((await run('clean-data', '--fleet', 'greetings', '--yes')).err).toMatch(
      /stop it first: make down-greetings/,
    );
    expect((await run('down', '--fleet', 'greetings')).out).toContain('stopped; all ports are free');
    expect((await run('status')).out).not.toContain('greet');
    expect((await run('status')).out).toMatch(/^service4a +service +ready/m);
    expect((await run('clean')).code).toBe(0);
    expect((await run('status')).out).toContain('no fleet runs');
    const count = join(dataDir, 'greetings/greeting-store/count');
    expect(existsSync(count)).toBe(true);
    const unasked = await run('clean-data', '--fleet', 'greetings');
    expect(unasked.out).toMatch(/^data of the fleet greetings, in .*\n {2}greeting-store {2}0\.0 MiB$/);
    expect(unasked).toMatchObject({ code: 1, err: 'nothing was removed: say YES=1 where no terminal can be asked' });
    expect(existsSync(count)).toBe(true);
    expect((await run('clean-data', '--fleet', 'greetings', '--yes')).code).toBe(0);
    expect(existsSync(join(dataDir, 'greetings'))).toBe(false);
  });

  test('that is not known is refused in one sentence', async () => {
    expect(await run('up', '--fleet', 'nonsense')).toEqual({
      code: 1,
      out: '',
      err: 'no fleet is called nonsense; there are pipeline, greetings',
    });
  });
});
