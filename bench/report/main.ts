/**
 * Runs the benchmarks one after the other, keeps what they print, and writes the tables and plots of
 * `docs/performance.md`, between the markers that stand there:
 *
 *     node bench/report/main.ts [--only chain,stream] [--keep .flotilla/benchmarks] [--no-run]
 *
 * `--only` runs some; of the others, the document shows what was kept. `--no-run` runs none. Needs Linux and the compiled
 * packages (`npm run build`). On a machine with other work to do, figures are of no use.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { formatMs } from '@flotilla/terminal/figures';
import { runBenchmark, someOf } from '../measure/command-line.ts';
import { figuresTable, renderFigures } from '../measure/figure.ts';
import { renderMarkdown } from '../measure/table.ts';
import { type Benchmark, benchmarks, type Presentation } from './benchmarks.ts';
import { replaceSection } from './document.ts';

const BENCH = join(import.meta.dirname, '..');
const DOCS = join(BENCH, '../docs');
const DOCUMENT = join(DOCS, 'performance.md');
const PLOTS = 'plots';

await runBenchmark('bench', async (signal) => {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      keep: { type: 'string', default: join(BENCH, '../.flotilla/benchmarks') },
      'no-run': { type: 'boolean', default: false },
    },
  });
  const names = benchmarks.map(({ name }) => name);
  const wanted = values['no-run'] ? [] : values.only === undefined ? names : someOf('only', values.only, names);
  const keep = resolve(values.keep);
  mkdirSync(keep, { recursive: true });
  const startMs = performance.now();
  for (const each of benchmarks.filter(({ name }) => wanted.includes(name))) await run(each, keep, signal);
  const shown = benchmarks.flatMap((each) => present(each, keep));
  writeDocument(shown);
  const figures = shown.flatMap(([, { figures }]) => figures);
  const took = `All of it took ${formatMs(performance.now() - startMs)}; ${DOCUMENT} is written.`;
  return { output: `${renderFigures(figures)}\n\n${took}`, isFine: true };
});

/** Runs a benchmark, and keeps what it prints. @throws Error when it fails: it has said why. */
async function run({ name, command }: Benchmark, keep: string, signal: AbortSignal): Promise<void> {
  const startMs = performance.now();
  const [program, ...parameters] = command as [string, ...string[]];
  const child = spawn(process.execPath, [join(BENCH, program), ...parameters, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const interrupt = () => child.kill('SIGTERM');
  signal.addEventListener('abort', interrupt);
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  signal.removeEventListener('abort', interrupt);
  signal.throwIfAborted();
  if (code !== 0) throw new Error(`${name} has failed: ${output.slice(-2000)}`);
  writeFileSync(fileOf(name, keep), output);
  console.error(`${name} took ${formatMs(performance.now() - startMs)}`);
}

function present({ name, present }: Benchmark, keep: string): [string, Presentation][] {
  const file = fileOf(name, keep);
  return existsSync(file) ? [[name, present(JSON.parse(readFileSync(file, 'utf8')))]] : [];
}

function fileOf(name: string, keep: string): string {
  return join(keep, `bench-${name}.json`);
}

function writeDocument(shown: readonly [string, Presentation][]): void {
  mkdirSync(join(DOCS, PLOTS), { recursive: true });
  let document = readFileSync(DOCUMENT, 'utf8');
  for (const [name, { table, plots }] of shown) {
    const images = plots.map(({ file, alt }) => `![${alt}](${PLOTS}/${file})`);
    document = replaceSection(document, name, [renderMarkdown(table), ...images].join('\n\n'));
    for (const { file, svg } of plots) writeFileSync(join(DOCS, PLOTS, file), svg);
  }
  const figures = shown.flatMap(([, presentation]) => presentation.figures);
  writeFileSync(DOCUMENT, replaceSection(document, 'figures', renderMarkdown(figuresTable(figures))));
}
