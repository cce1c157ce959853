import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { freePortOffset, startFleet } from '@flotilla/runtime';
import { pipeline, programOf, stages } from '@flotilla/topology';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../..');
const folders = stages.flatMap(({ folder, balancer }) => [folder, balancer]);

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'flotilla-bundle-'));
  return () => rm(directory, { recursive: true });
});

/** Runs a program with code that is loaded before it. The answer never rejects. */
async function withFirst(code: string, folder: string): Promise<{ stdout: string; stderr: string }> {
  const first = join(directory, 'first.cjs');
  await writeFile(first, code);
  const args = ['--require', first, join(ROOT, programOf(folder)), '--print-config'];
  return run(process.execPath, args).catch((failed: { stdout: string; stderr: string }) => failed);
}

const TELL_FILES = 'process.on("exit", () => console.error(Object.keys(require.cache).join("\\n")));';

describe('the bundle', () => {
  test.each(folders)('has %s: it starts from a few files, without what is loaded later', async (folder) => {
    const { stdout, stderr } = await withFirst(TELL_FILES, folder);
    expect(stdout).toContain('SERVICE_PORT=');
    const files = stderr.split('\n').filter((file) => file.startsWith(ROOT));
    expect(files.map((file) => relative(ROOT, file))).toContain(programOf(folder));
    expect(files.length).toBeLessThan(20);
    expect(files.filter((file) => !file.startsWith(join(ROOT, 'bundle/')))).toEqual([]);
    const code = (await Promise.all(files.map((file) => readFile(file, 'utf8')))).join('\n');
    expect(code).toContain('// node_modules/fastify/');
    expect(code).not.toContain('// node_modules/@connectrpc/');
    expect(code).not.toContain('// packages/contracts/src/openapi.ts');
  });

  test('is all that a fleet needs: it runs where nothing else is', async () => {
    await cp(join(ROOT, 'bundle'), join(directory, 'bundle'), { recursive: true });
    const portOffset = await freePortOffset(pipeline({ balancers: 2 }));
    const table = stages.map((stage) => ({ ...stage, instances: stage.instances.slice(0, 1) }));
    const stateDir = join(directory, 'state');
    const fleet = await startFleet({ definition: pipeline({ table }), root: directory, stateDir, portOffset });
    onTestFinished(() => fleet.stop());
    const post = async (port: number, path: string, body: unknown) => {
      const headers = { 'content-type': 'application/json' };
      const init = { method: 'POST', headers, body: JSON.stringify(body) };
      return (await fetch(`http://127.0.0.1:${port}${path}`, init)).json();
    };
    const text = 'one two two';
    expect(await post(8061 + portOffset, '/process', { text })).toMatchObject({ word_count: 3 });
    expect(await post(8061 + portOffset, '/pipeline.TextInputService/ReceiveText', { text })).toMatchObject({
      wordCount: 3,
    });
    for (const { port, name } of fleet.processes) {
      const health = await post(port, '/grpc.health.v1.Health/Check', {});
      expect(health, name).toEqual({ status: 'SERVING' });
      const openApi = await fetch(`http://127.0.0.1:${port}/openapi.json`);
      expect(await openApi.json(), name).toMatchObject({ openapi: '3.1.0' });
    }
  });

  test('has stacks name the sources, of ours and of others', async () => {
    const fail = 'process.stdout.write = () => { throw new Error("told") };';
    const { stderr } = await withFirst(fail, 'service1-input');
    const source = await readFile(join(ROOT, 'packages/service-kit/src/run.ts'), 'utf8');
    const line = source.split('\n').findIndex((each) => each.includes('process.stdout.write(renderConfig')) + 1;
    expect(stderr).toContain('\nError: told\n');
    expect(stderr).toMatch(
      new RegExp(`at .*runProcess \\(${join(ROOT, 'packages/service-kit/src/run.ts')}:${line}:\\d+\\)`),
    );
    expect(stderr).toContain(`(${join(ROOT, 'service1-input/src/main.ts')}:`);
    const failInside = 'RegExp.prototype.test = () => { throw new Error("told") };';
    expect((await withFirst(failInside, 'service1-input')).stderr).toMatch(
      new RegExp(`at .*\\(${join(ROOT, 'node_modules')}/[^:]+\\.c?js:\\d+:\\d+\\)`),
    );
  });
});
