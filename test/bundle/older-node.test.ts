import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { busyPorts, freePortOffset } from '@flotilla/runtime';
import { pipeline } from '@flotilla/topology';
import { describe, expect, onTestFinished, test } from 'vitest';
import { waitFor } from '../fleet/support.js';

const ROOT = join(import.meta.dirname, '../..');
const older = olderNode();

/** The first Node of the PATH that is older than the programs need. */
function olderNode(): string | undefined {
  const candidates = (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'node'));
  return candidates.filter(existsSync).find((node) => {
    const version = execFileSync(node, ['--version'], { encoding: 'utf8' });
    return Number(/^v(\d+)/.exec(version)?.[1]) < 24;
  });
}

function run(node: string, args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(node, [...args], { encoding: 'utf8', env: { PATH: '/usr/bin:/bin' } });
  return { status, stdout, stderr };
}

describe.skipIf(!older)('a program that an older Node starts', () => {
  const node = older as string;

  test('begins with lines that it can read', () => {
    const entries = globSync('bundle/*/main.cjs', { cwd: ROOT });
    expect(entries.length).toBeGreaterThan(10);
    for (const entry of entries) expect(run(node, ['--check', join(ROOT, entry)])).toMatchObject({ status: 0 });
  });

  test.each([
    ['client', ['--help']],
    ['client', ['no-such-command']],
    ['runtime', ['up', '--fleet', 'nonsense']],
    ['service1-loadbalancer', ['--print-config']],
  ])('goes on under the pinned one: %s %s', (folder, args) => {
    const command = [join(ROOT, 'bundle', folder, 'main.cjs'), ...args];
    expect(run(node, command)).toEqual(run(process.execPath, command));
  });

  test('ends on the signal that ends it, and so does what goes on for it', async () => {
    const definition = pipeline({ mode: 'sequential' });
    const port = 8064 + (await freePortOffset(definition));
    const env = { PATH: '/usr/bin:/bin', SERVICE_PORT: String(port), FLOTILLA_DRAIN_DELAY_MS: '0' };
    const service = spawn(node, [join(ROOT, 'bundle/service4-report/main.cjs')], { env, stdio: 'ignore' });
    onTestFinished(() => void service.kill('SIGKILL'));
    await waitFor(async () => (await busyPorts([port])).length === 1, 30_000);
    service.kill('SIGTERM');
    expect(await once(service, 'exit')).toEqual([0, null]);
    expect(await busyPorts([port])).toEqual([]);
  });

  test('says in one line which it needs, where there is no other', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'flotilla-older-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    await cp(join(ROOT, 'bundle'), join(directory, 'bundle'), { recursive: true });
    const { status, stdout, stderr } = run(node, [join(directory, 'bundle/client/main.cjs'), '--help']);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^Flotilla needs Node 24 or newer, and this is v\d+\.\d+\.\d+: .*\n$/);
  });
});
