import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stages } from '@flotilla/topology';
import { imageName } from '@flotilla/topology/compose';
import { describe, expect, test } from 'vitest';
import { docker, dockerOutput, ROOT } from './docker.js';

const programs = stages.flatMap(({ folder, balancer }) => [folder, balancer]);
const services = programs.map(imageName);
const images = [...services, imageName('client')];

/** What an image may have above its base: 6.6 MB as this is written. */
const MAX_BYTES_ABOVE_BASE = 15_000_000;

/** All that an image has of ours, as paths below /flotilla. */
async function filesOf(image: string): Promise<string[]> {
  const find = ['run', '--rm', '--entrypoint', 'find', image, '/flotilla', '-printf', '%P\\n'];
  return (await docker(find)).split('\n').filter(Boolean);
}

async function layersOf(image: string): Promise<string[]> {
  return JSON.parse(await docker(['image', 'inspect', '--format', '{{json .RootFS.Layers}}', image])) as string[];
}

/** The layers that the Dockerfile adds: newest first, down to its first instruction. */
async function bytesAboveBase(image: string): Promise<number> {
  const lines = (
    await docker(['history', '--no-trunc', '--human=false', '--format', '{{.Size}} {{.CreatedBy}}', image])
  ).split('\n');
  const first = lines.findIndex((line) => line.includes('ENV NODE_ENV=production'));
  expect(first).toBeGreaterThan(0);
  return lines.slice(0, first + 1).reduce((sum, line) => sum + Number.parseInt(line, 10), 0);
}

describe.each(images)('%s', (image) => {
  test('has the bundled programs of services, balancers and client, and nothing else', async () => {
    const files = await filesOf(image);
    const folders = files.filter((file) => /^bundle\/[^/]+$/.test(file)).map((file) => file.slice('bundle/'.length));
    expect(folders.sort()).toEqual([...programs, 'client', 'prelude', 'shared'].sort());
    expect(files.filter((file) => !/^bundle(\/[^/]+(\/[^/]+\.cjs(\.map)?)?)?$/.test(file))).toEqual([]);
  });

  test('runs as node, and adds little to its base', async () => {
    expect(await docker(['run', '--rm', '--entrypoint', 'id', image, '-un'])).toBe('node');
    expect(await bytesAboveBase(image)).toBeLessThan(MAX_BYTES_ABOVE_BASE);
  });
});

test('the images of services and balancers have the same layers', async () => {
  const all = await Promise.all(services.map(layersOf));
  // The last one is the working directory.
  expect(new Set(all.map((layers) => layers.slice(0, -1).join())).size).toBe(1);
});

test('a changed source is bundled again, and installs nothing', async () => {
  const context = await mkdtemp(path.join(tmpdir(), 'flotilla-context-'));
  try {
    const isSource = (file: string) => !/(^|\/)(node_modules|dist|test)(\/|$)/.test(path.relative(ROOT, file));
    const parts = ['package.json', 'package-lock.json', '.npmrc', 'tsconfig.base.json', 'packages', 'scripts/bundle'];
    for (const part of [...parts, ...programs, 'client', 'Dockerfile', '.dockerignore']) {
      await cp(path.join(ROOT, part), path.join(context, part), { recursive: true, filter: isSource });
    }
    await writeFile(path.join(context, 'service1-input/src/added.ts'), `export const added = ${Date.now()};\n`);
    const build = ['build', '--progress', 'plain', '--output', 'type=cacheonly', '--target', 'service'];
    const { stderr } = await dockerOutput([...build, '--build-arg', 'SERVICE=service1-input', context]);
    expect(stateOf('npm ci --ignore-scripts', stderr)).toBe('CACHED');
    expect(stateOf('node scripts/bundle/main.ts', stderr)).toMatch(/^DONE/);
  } finally {
    await rm(context, { recursive: true });
  }
});

/** How the step of a build that runs a command ended: `#12 [stage 4/6] RUN …`, later `#12 CACHED` or `#12 DONE 1.2s`. */
function stateOf(command: string, progress: string): string | undefined {
  const lines = progress.split('\n');
  const step = lines.find((line) => line.includes(command))?.split(' ')[0];
  return lines
    .find((line) => line.startsWith(`${step} CACHED`) || line.startsWith(`${step} DONE`))
    ?.slice(`${step} `.length);
}
