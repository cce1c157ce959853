import { execFile } from 'node:child_process';
import { statfsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { freePortOffset } from '@flotilla/runtime';
import { pipeline } from '@flotilla/topology';
import { describe, expect, test } from 'vitest';
import { isAlive, type RecordedProcess } from '../../packages/runtime/src/fleet/process-identity.js';
import type { FleetState } from '../../packages/runtime/src/fleet/state-file.js';
import { waitFor } from '../fleet/support.js';
import { because, mountObstacle, TemporaryDirectory } from './scarcity.js';

const MAIN = fileURLToPath(new URL('../../bundle/runtime/main.cjs', import.meta.url));
const noMount = mountObstacle();

/** Room for the lines of some 280 requests through a parallel fleet. */
const STATE_KIB = 600;
const REQUESTS = 800;
const CALLERS = 8;

/** The command line on a fleet of real processes whose state folder is on a file system of its own. */
async function commandLine(directory: TemporaryDirectory) {
  const portOffset = await freePortOffset(pipeline({ balancers: 2 }));
  const env = {
    PATH: process.env.PATH ?? '',
    FLOTILLA_STATE_DIR: directory.path,
    FLOTILLA_PORT_OFFSET: String(portOffset),
    FLOTILLA_DRAIN_DELAY_MS: '0',
  };
  const run = (...parameters: string[]) =>
    new Promise<{ exitCode: unknown; output: string }>((resolve) => {
      execFile(process.execPath, [MAIN, '--runtime', 'local', ...parameters], { env }, (error, stdout, stderr) =>
        resolve({ exitCode: error ? error.code : 0, output: stdout + stderr }),
      );
    });
  const url = `http://127.0.0.1:${portOffset + 8061}`;
  return { run, url, [Symbol.asyncDispose]: async () => void (await run('down')) };
}

function recorded(directory: TemporaryDirectory): RecordedProcess[] {
  const { supervisor, processes } = JSON.parse(directory.read('fleet.json')) as FleetState;
  return [supervisor, ...processes];
}

async function post(url: string): Promise<number> {
  const body = JSON.stringify({ text: 'a full disk stops nothing' });
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/process`, { method: 'POST', headers, body });
  await response.bytes();
  return response.status;
}

function isFull(directory: TemporaryDirectory): boolean {
  return statfsSync(directory.path).bavail === 0;
}

describe.skipIf(noMount)(`a fleet whose disk is full${because(noMount)}`, () => {
  test('answers every request, says how much of its logs is lost, and comes down', async () => {
    using directory = new TemporaryDirectory(STATE_KIB);
    await using line = await commandLine(directory);
    const { run, url } = line;
    expect(await run('up', '--mode', 'parallel')).toMatchObject({ exitCode: 0 });
    const processes = recorded(directory);
    let left = REQUESTS;
    const statuses = new Set<number>();
    const caller = async () => {
      while (left-- > 0) statuses.add(await post(url));
    };
    await Promise.all(Array.from({ length: CALLERS }, caller));
    expect(statuses).toEqual(new Set([200]));
    await waitFor(() => isFull(directory));
    expect(await post(url)).toBe(200);
    const metrics = await fetch(`${url}/metrics`);
    expect(await metrics.text()).toMatch(/^log_lines_dropped_total\{.*\} [1-9]\d*$/m);
    expect(await run('status')).toMatchObject({ exitCode: 0, output: expect.stringContaining('20') });
    const down = await run('down', '--mode', 'parallel');
    expect(down).toEqual({ exitCode: 0, output: expect.stringContaining('stopped; all ports are free') });
    expect(processes.filter(isAlive)).toEqual([]);
  });

  test('is gone when its supervisor is killed', async () => {
    using directory = new TemporaryDirectory(STATE_KIB);
    await using line = await commandLine(directory);
    const { run, url } = line;
    expect(await run('up', '--mode', 'sequential')).toMatchObject({ exitCode: 0 });
    const processes = recorded(directory);
    directory.fill();
    for (let n = 0; n < 20; n++) expect(await post(url)).toBe(200);
    process.kill(processes[0]?.pid ?? 0, 'SIGKILL');
    await waitFor(() => !processes.some(isAlive));
    expect(await run('down')).toMatchObject({ exitCode: 0 });
  });
});
