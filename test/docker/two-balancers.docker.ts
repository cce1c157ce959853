import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { stages } from '@flotilla/topology';
import { describe, expect, test } from 'vitest';
import { compose, containersOf, docker, ROOT } from './docker.js';
import { composeFleet, healthOf, killProcess } from './fleet.js';
import { type LoadResult, underLoad, waitFor } from './load.js';
import { COMPOSE_TWO_BALANCERS, composeFiles, containerName, processesOf } from './pipeline.js';

const env = { COMPOSE_PROFILES: COMPOSE_TWO_BALANCERS };
composeFleet('parallel', env);

const CLIENTS = 8;
const containers = processesOf('parallel', { balancers: 2 }).map(({ name }) => containerName(name));

/** Waits until so many more requests have been answered. */
async function more(result: LoadResult, count: number): Promise<void> {
  const goal = result.requests + count;
  await waitFor(`${count} more requests are answered`, () => result.requests >= goal);
}

describe('with the profile of two balancers per stage', () => {
  test('24 containers are up, with the limits of memory that the file states', async () => {
    expect(await containersOf('parallel')).toEqual([...containers].sort());
    const limits = await docker(['inspect', '--format', '{{.HostConfig.Memory}}', ...containers]);
    const total = limits.split('\n').reduce((sum, bytes) => sum + Number(bytes), 0) / 2 ** 30;
    const file = await readFile(path.join(ROOT, composeFiles.parallel), 'utf8');
    expect(file).toContain(`know as well: ${total} GiB together.`);
  });

  test('each balancer that services call is stopped, killed, and comes back: no request fails', async () => {
    const inner = stages.slice(1).flatMap(({ balancers }) => balancers);
    const { failures } = await underLoad(CLIENTS, async (result) => {
      for (const { name } of inner) {
        await docker(['stop', containerName(name)]);
        await more(result, 50);
        await docker(['start', containerName(name)]);
        await waitFor(`${name} is healthy`, async () => (await healthOf(name)) === 'healthy');
        await killProcess(name);
        await more(result, 50);
        await waitFor(`${name} is healthy again`, async () => (await healthOf(name)) === 'healthy');
      }
    });
    expect(failures).toEqual([]);
  }, 300_000);

  test.each(stages[0]?.balancers ?? [])('the client does without $name', async ({ name }) => {
    await docker(['stop', containerName(name)]);
    const client = ['run', '--rm', '--no-TTY', '--no-deps', 'client', 'process', 'sample.txt', '--json'];
    const { files } = JSON.parse(await compose('parallel', client, { env }));
    expect(files).toMatchObject([{ word_count: 1445 }]);
    await docker(['start', containerName(name)]);
    await waitFor(`${name} is healthy`, async () => (await healthOf(name)) === 'healthy');
  });
});
