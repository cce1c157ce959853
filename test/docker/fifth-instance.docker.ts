import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline, type Stage, stages, withInstance } from '@flotilla/topology';
import { type ComposeOptions, composeFile } from '@flotilla/topology/compose';
import { afterAll, expect, test } from 'vitest';
import { compose, containersOf, docker, ROOT } from './docker.js';
import { composeFleet, send, statsOf } from './fleet.js';
import { composeFiles, containerName } from './pipeline.js';

/** The table with one more port at the end of stage 3's line: what adding a fifth instance takes. */
const table: readonly Stage[] = stages.map((stage) => (stage.number === 3 ? withInstance(stage, 8101) : stage));

composeFleet('parallel');

const folder = await mkdtemp(path.join(tmpdir(), 'flotilla-compose-'));
afterAll(() => rm(folder, { recursive: true }));

async function ids(): Promise<Map<string, string>> {
  const containers = await containersOf('parallel');
  const found = (await docker(['inspect', '--format', '{{.Id}}', ...containers])).split('\n');
  return new Map(containers.map((name, index) => [name, found[index] ?? '']));
}

/** What the committed file was made with: only what follows from the table may differ from it. */
async function committedOptions(): Promise<ComposeOptions> {
  const text = await readFile(path.join(ROOT, composeFiles.parallel), 'utf8');
  const passedOn = [...text.matchAll(/^ {2}(FLOTILLA_\w+):$/gm)].map((match) => match[1] ?? '');
  const stopGraceSeconds = Number(/^ {2}stop_grace_period: (\d+)s$/m.exec(text)?.[1]);
  return { passedOn, stopGraceSeconds };
}

test('a fifth instance is one more port in the topology: it joins a fleet that runs, and gets its share', async () => {
  const file = path.join(folder, 'docker-compose.yml');
  await writeFile(file, composeFile(pipeline({ table, balancers: 2 }), await committedOptions()));
  const before = await ids();
  await compose('parallel', ['up', '--detach', '--wait', '--no-build'], { file });
  const after = await ids();
  const made = [...after].filter(([name, id]) => before.get(name) !== id).map(([name]) => name);
  expect(made).toEqual(['service3-loadbalancer', 'service3e'].map(containerName));

  for (let n = 0; n < 10; n++) expect((await send('x')).status).toBe(200);
  const { instances, stats } = await statsOf(3);
  expect(instances.at(-1)).toBe('service3e:8101');
  expect(instances.map((key) => stats[key]?.requests)).toEqual([2, 2, 2, 2, 2]);
});
