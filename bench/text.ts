/**
 * Measures the text engine beside `wc -w`, on the same file, in one run, taking turns:
 *
 *     node bench/text.ts [--size 32MB] [--seed 1] [--file FILE] [--runs 7] [--json]
 *
 * SIZE and SEED in the environment do the same. Needs the compiled packages (`npm run build`).
 */
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { generateText, parseSize } from '@flotilla/dataset';
import { formatShare } from '@flotilla/terminal/figures';
import { Cleaner, type CountTable, WordCounter } from '@flotilla/text';
import { describeMachine, thisMachine } from '../client/dist/machine.js';
import { median } from '../client/dist/quantiles.js';
import { watchOtherLoad } from './measure/other-load.ts';
import { cleanAndCount, inPieces, PIECE_BYTES, type Timing, time } from './measure/text-engine.ts';

interface Counts {
  totalWords: number;
  uniqueWords: number;
  top: [string, number][];
}

const { values: options } = parseArgs({
  options: {
    size: { type: 'string', default: process.env.SIZE ?? '32MB' },
    seed: { type: 'string', default: process.env.SEED ?? '1' },
    file: { type: 'string' },
    runs: { type: 'string', default: '7' },
    json: { type: 'boolean', default: false },
  },
});

const runs = Number(options.runs);
if (!Number.isInteger(runs) || runs < 1)
  throw new RangeError(`--runs must be a whole number from 1, got ${options.runs}`);

const folder = mkdtempSync(join(tmpdir(), 'flotilla-bench-'));
try {
  const file = options.file ?? writeDataset(join(folder, 'text.txt'));
  const othersShare = await watchOtherLoad();
  const measured = measure(file, readFileSync(file));
  const result: TextReport = { ...measured, othersShare: await othersShare() };
  console.log(options.json ? JSON.stringify(result, null, 2) : render(result));
  if (!result.agrees) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** What is printed for programs. */
export type TextReport = ReturnType<typeof measure> & {
  /** Of the machine's processor time, 0 to 1, what went to others meanwhile. */
  readonly othersShare: number;
};

function writeDataset(file: string): string {
  const descriptor = openSync(file, 'w');
  for (const chunk of generateText({ sizeBytes: parseSize(options.size), seed: Number(options.seed) })) {
    writeSync(descriptor, chunk);
  }
  closeSync(descriptor);
  return file;
}

function measure(file: string, text: Buffer) {
  const pieces = inPieces(text);
  const cleaned = inPieces(Buffer.concat(clean(pieces)));
  const wc = (): Timing => runWc(file);
  const contenders: Record<string, () => Timing> = {
    'wc -w (LC_ALL=C.UTF-8)': wc,
    clean: () => time(() => clean(pieces)),
    count: () => time(() => count(cleaned)),
    'clean + count': () => time(() => cleanAndCount(pieces)),
  };
  const samples = Object.fromEntries(Object.keys(contenders).map((name): [string, Timing[]] => [name, []]));
  // Taking turns spreads what else the machine does over all of them.
  for (let run = 0; run < runs; run++) {
    for (const [name, contender] of Object.entries(contenders)) samples[name]?.push(contender());
  }
  let naive: Counts | undefined;
  samples['regular expressions + Map'] = [time(() => (naive = countNaively(text.toString())))];
  const engine = summarise(cleanAndCount(pieces));
  const reference = medianOf(samples['wc -w (LC_ALL=C.UTF-8)'] ?? []);
  return {
    machine: thisMachine(),
    text: {
      source: options.file ?? `generated, seed ${options.seed}`,
      sizeBytes: text.length,
      words: engine.totalWords,
      uniqueWords: engine.uniqueWords,
    },
    pieceBytes: PIECE_BYTES,
    agrees: JSON.stringify(naive) === JSON.stringify(engine),
    results: Object.entries(samples).map(([name, taken]) => resultOf(name, taken, text.length, reference)),
  };
}

function resultOf(name: string, taken: readonly Timing[], sizeBytes: number, referenceMs: number) {
  const wall = taken.map(({ wallMs }) => wallMs);
  const medianMs = medianOf(taken);
  return {
    name,
    runs: taken.length,
    firstMs: wall[0] as number,
    medianMs,
    minMs: Math.min(...wall),
    maxMs: Math.max(...wall),
    cpuMs: median(taken.map(({ cpuMs }) => cpuMs)),
    megabytesPerSecond: sizeBytes / medianMs / 1000,
    ratioToWc: medianMs / referenceMs,
  };
}

function clean(pieces: readonly Uint8Array[]): Uint8Array[] {
  const cleaner = new Cleaner();
  const cleaned = pieces.map((chunk) => cleaner.write(chunk));
  return [...cleaned, cleaner.end()];
}

function count(pieces: readonly Uint8Array[]): CountTable {
  const counter = new WordCounter();
  for (const chunk of pieces) counter.write(chunk);
  return counter.end();
}

function countNaively(text: string): Counts {
  const counts = new Map<string, number>();
  const cleaned = text
    .toLowerCase()
    .replace(/(^|\s|[^\p{L}\p{M}\p{N}\p{Cf}])[[\p{M}\p{Cf}]--\s]+/gv, '$1')
    .replace(/[^\p{L}\p{M}\p{N}\s]/gu, '')
    .replace(/\s+/gu, ' ');
  let totalWords = 0;
  for (const word of cleaned.split(' ')) {
    if (word === '') continue;
    totalWords++;
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const top = [...counts].sort((a, b) => b[1] - a[1] || Buffer.compare(Buffer.from(a[0]), Buffer.from(b[0])));
  return { totalWords, uniqueWords: counts.size, top: top.slice(0, 10) };
}

function summarise(table: CountTable): Counts {
  return { totalWords: table.totalWords, uniqueWords: table.uniqueWords, top: table.top(10) };
}

/** Runs `wc` under a shell, whose `times` tells the processor time of its children. */
function runWc(file: string): Timing {
  const start = performance.now();
  const child = spawnSync('sh', ['-c', 'wc -w "$1" && times', 'sh', file], {
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
    encoding: 'utf8',
  });
  const wallMs = performance.now() - start;
  if (child.status !== 0) throw new Error(`wc failed: ${child.stderr}`);
  const ofChildren = child.stdout.trim().split('\n').at(-1) ?? '';
  const cpuMs = [...ofChildren.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1000,
    0,
  );
  return { wallMs, cpuMs };
}

function medianOf(samples: readonly Timing[]): number {
  return median(samples.map(({ wallMs }) => wallMs));
}

function render(result: TextReport): string {
  const { machine, text } = result;
  const rows = result.results.map((row) => [
    row.name,
    String(row.runs),
    row.medianMs.toFixed(0),
    `${row.minMs.toFixed(0)}–${row.maxMs.toFixed(0)}`,
    row.firstMs.toFixed(0),
    row.cpuMs.toFixed(0),
    row.megabytesPerSecond.toFixed(0),
    row.ratioToWc.toFixed(2),
  ]);
  const head = ['', 'runs', 'median ms', 'min–max', 'first', 'CPU ms', 'MB/s', 'x wc'];
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] as string).length)),
  );
  const line = (cells: string[]): string =>
    cells
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] as number) : cell.padStart(widths[i] as number)))
      .join('  ');
  return [
    describeMachine(machine),
    `${text.source}: ${text.sizeBytes} bytes, ${text.words} words, ${text.uniqueWords} different; pieces of ${result.pieceBytes} bytes`,
    '',
    line(head),
    ...rows.map(line),
    '',
    `Others had ${formatShare(result.othersShare)} of the machine meanwhile.`,
    result.agrees ? 'Counts agree with the regular expressions.' : 'COUNTS DIFFER from the regular expressions.',
  ].join('\n');
}
