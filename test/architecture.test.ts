import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

/** The names of the rules that a tree breaks, with the file that breaks each. */
function brokenRules(directory: string, folders: readonly string[]): Promise<string[]> {
  const config = join(ROOT, '.dependency-cruiser.mjs');
  const args = ['--config', config, '--output-type', 'json', ...folders];
  return new Promise((resolve, reject) => {
    execFile(join(ROOT, 'node_modules/.bin/depcruise'), args, { cwd: directory, maxBuffer: 1e8 }, (error, stdout) => {
      if (stdout === '') {
        reject(error);
        return;
      }
      const { summary } = JSON.parse(stdout) as {
        summary: { violations: { rule: { name: string }; from: string }[] };
      };
      resolve(summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`));
    });
  });
}

async function tree(files: Record<string, string>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'flotilla-layers-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), content);
  }
  return directory;
}

describe('the layers of the packages', () => {
  test('hold', async () => {
    const services = ['service1-input', 'service2-preprocess', 'service3-analyze', 'service4-report', 'client'];
    const packages = (await readdir(join(ROOT, 'packages'))).sort();
    const folders = [...packages.map((name) => `packages/${name}/src`), ...services.map((name) => `${name}/src`)];
    expect(await brokenRules(ROOT, folders)).toEqual([]);
  });

  test.each([
    [
      'the ground imports nothing of ours',
      'packages/text/src/a.ts',
      "import { b } from '../../json/src/b.js';\nb();",
      'layer of packages/(text|json|dataset|topology|terminal)/',
    ],
    [
      'the text engine does no I/O',
      'packages/text/src/a.ts',
      "import { readFileSync } from 'node:fs';\nreadFileSync('x');",
      'the text engine, the JSON reader and the data set do no I/O',
    ],
    [
      'nothing imports a service',
      'packages/runtime/src/a.ts',
      "import { s } from '../../../service1-input/src/s.js';\ns();",
      'nothing imports a service',
    ],
    ['no file is dead', 'packages/text/src/dead.ts', 'export {};', 'no dead files'],
    ['no circles', 'packages/text/src/a.ts', "import { c } from './c.js';\nexport const a = () => c();", 'no circles'],
  ])('%s: who breaks it is named', async (_name, path, source, rule) => {
    const directory = await tree({
      'packages/json/src/b.ts': 'export const b = () => {};',
      'packages/text/src/c.ts': "import { a } from './a.js';\nexport const c = () => a;",
      'service1-input/src/s.ts': 'export const s = () => {};',
      [path]: source,
    });
    const from = path.split('/src/')[0] as string;
    expect(await brokenRules(directory, [`${from}/src`])).toContain(`${rule}: ${path}`);
  });
});
