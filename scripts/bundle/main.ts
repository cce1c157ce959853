/**
 * Bundles the programs from their sources, and those of what they import: `bundle/<folder>/main.cjs` is what is run, and
 * loads `program.cjs` beside it; `bundle/shared` has what programs share, or load later. A process of the fleet is some 500 modules, and Node
 * looks for each; bundled it is up in less than half the time, and needs no `node_modules`. CommonJS, since an ES
 * module that imports a part of Node has all of its names made ready, also those that load much and that are not used.
 *
 *     node scripts/bundle/main.ts
 *
 * A program is a folder with a `src/main.ts`. Nothing is checked here: `tsc -b` does that.
 */
import { globSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { type Plugin, rolldown } from 'rolldown';

const ROOT = join(import.meta.dirname, '../..');
const BUNDLE = join(ROOT, 'bundle');
/** As deep in it as the folders of the programs. */
const SHARED = 'shared';
/** Loaded first by each program. */
const PRELUDE = 'prelude';
/** What is run: a line that every Node can read, whatever the program is written in. */
const ENTRY = `#!/usr/bin/env node
'use strict';
if (!require('../${PRELUDE}/main.cjs').isHandedOver) require('./program.cjs');
`;

/** Fastify loads these for routes with JSON schemas, of which there are none: `createApp` refuses them. */
const NEVER_LOADED = ['@fastify/ajv-compiler', '@fastify/fast-json-stringify-compiler'];

/** A source that looks for something from its own place looks from there, and not from the file that it ends up in. */
const placesOfSources: Plugin = {
  name: 'places-of-sources',
  transform: {
    filter: { id: /\/src\/.*\.ts$/, code: 'import.meta.dirname' },
    handler: (code, id) => {
      const place = JSON.stringify(`/${relative(join(BUNDLE, SHARED), dirname(id))}`);
      return { code: code.replaceAll('import.meta.dirname', `(__dirname + ${place})`), map: null };
    },
  },
};

/** The folder of a program. */
function nameOf(main: string): string {
  return basename(dirname(dirname(main)));
}

const mains = globSync(['*/src/main.ts', 'packages/*/src/main.ts'], { cwd: ROOT });
const build = await rolldown({
  cwd: ROOT,
  input: {
    [PRELUDE]: 'scripts/bundle/prelude.ts',
    ...Object.fromEntries(mains.map((main) => [nameOf(main), main])),
  },
  platform: 'node',
  external: NEVER_LOADED,
  plugins: [placesOfSources],
  resolve: { conditionNames: ['flotilla:source'], extensionAlias: { '.js': ['.ts', '.js'] } },
  transform: { target: 'node24' },
  // hdr-histogram-js reads encoded histograms so, of which there are none.
  checks: { eval: false },
  // What cannot be found would be left to fail at the start of a process.
  onLog: (_level, { message }) => {
    throw new Error(message);
  },
});
await build.write({
  dir: BUNDLE,
  cleanDir: true,
  format: 'cjs',
  entryFileNames: ({ name }) => (name === PRELUDE ? '[name]/main.cjs' : '[name]/program.cjs'),
  chunkFileNames: `${SHARED}/[name].cjs`,
  sourcemap: true,
  sourcemapExcludeSources: true,
});
for (const main of mains) writeFileSync(join(BUNDLE, nameOf(main), 'main.cjs'), ENTRY);
