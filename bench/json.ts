/**
 * What reading a JSON body as bytes costs, beside `isUtf8` + `toString` + `JSON.parse` on the same body.
 *
 *     npm run build && node bench/json.ts [--json]
 */
import { isUtf8 } from 'node:buffer';
import { JsonReader, jsonShape, type SinksOf } from '@flotilla/json';
import { formatShare } from '@flotilla/terminal/figures';
import { describeMachine, type Machine, thisMachine } from '../client/dist/machine.js';
import { watchOtherLoad } from './measure/other-load.ts';

const RUNS = 9;
const LARGE_BYTES = 32 * 1024 * 1024;
const CHUNK_BYTES = 64 * 1024;
const SMALL_READS = 20_000;

const LINE =
  'It was the best of times, it was the worst of times, said the \\"old\\"\\n man who sat on the stone bench by the river\\n';
const ESCAPED = 'Москва слезам не верит; çay içmek güzel. '.replace(
  /[^ -~]/g,
  (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
);

const raw = jsonShape({ text: { kind: 'text', mode: 'raw' }, request_id: { kind: 'value', maxBytes: 1300 } });
const decoded = jsonShape({ text: { kind: 'text', mode: 'decoded' }, request_id: { kind: 'value', maxBytes: 1300 } });
const table = jsonShape({ word_frequencies: { kind: 'counts', maxKeyBytes: 1024 * 1024 } });

/** What the sinks saw: printed nowhere, but no engine may drop work whose result is kept. */
let seen = 0;
const bodySinks: SinksOf<typeof raw.specs> = {
  text: {
    chunk: (bytes) => {
      seen += bytes.length;
    },
  },
  request_id: () => {
    seen += 1;
  },
};
const tableSinks: SinksOf<typeof table.specs> = {
  word_frequencies: {
    entry: (_, start, end, count) => {
      seen += end - start + count;
    },
  },
};

function readBody(shape: typeof raw | typeof decoded, chunks: readonly Uint8Array[]): void {
  const reader = new JsonReader<typeof raw.specs | typeof decoded.specs>(shape, bodySinks);
  for (const chunk of chunks) reader.write(chunk);
  reader.end();
}

function readTable(chunks: readonly Uint8Array[]): void {
  const reader = new JsonReader(table, tableSinks);
  for (const chunk of chunks) reader.write(chunk);
  reader.end();
}

function parse(body: Buffer): void {
  if (!isUtf8(body)) throw new Error('not UTF-8');
  const value = JSON.parse(body.toString()) as object;
  seen += Object.keys(value).length;
}

function bodyOf(line: string, bytes: number): Buffer {
  const text = line.repeat(Math.max(1, Math.ceil(bytes / line.length)));
  return Buffer.from(`{"text":"${text}","request_id":"6f1c-0042"}`);
}

function tableOf(bytes: number): Buffer {
  const entries: string[] = [];
  for (let i = 0, length = 0; length < bytes; i++) {
    const entry = `"${((i * 7919) % 9_999_991).toString(36)}":${(i * 31) % 5000}`;
    length += entry.length + 1;
    entries.push(entry);
  }
  return Buffer.from(`{"word_frequencies":{${entries.join(',')}}}`);
}

function cut(body: Buffer): Uint8Array[] {
  const count = Math.ceil(body.length / CHUNK_BYTES);
  return Array.from({ length: count }, (_, i) => body.subarray(i * CHUNK_BYTES, (i + 1) * CHUNK_BYTES));
}

/** What is printed for programs. */
export interface JsonReport {
  readonly machine: Machine;
  readonly runs: number;
  readonly chunkBytes: number;
  readonly rows: readonly Row[];
  readonly memoryGrowthMb: number;
  /** Of the machine's processor time, 0 to 1, what went to others meanwhile. */
  readonly othersShare: number;
}

interface Row {
  name: string;
  unit: 'MB/s' | 'µs a body';
  median: number;
  min: number;
  max: number;
}

/** Runs `work` `RUNS` times after two rounds that are not counted. `figure` turns milliseconds into the unit. */
function measure(name: string, unit: Row['unit'], work: () => void, figure: (ms: number) => number): Row {
  const figures: number[] = [];
  for (let run = -2; run < RUNS; run++) {
    const started = performance.now();
    work();
    if (run >= 0) figures.push(figure(performance.now() - started));
  }
  figures.sort((a, b) => a - b);
  const at = (index: number) => figures[index] as number;
  return { name, unit, median: at(RUNS >> 1), min: at(0), max: at(RUNS - 1) };
}

function large(name: string, body: Buffer, read: (chunks: readonly Uint8Array[]) => void): Row[] {
  const chunks = cut(body);
  const speed = (ms: number) => body.length / 1e3 / ms;
  return [
    measure(name, 'MB/s', () => read(chunks), speed),
    measure('  the same by JSON.parse', 'MB/s', () => parse(body), speed),
  ];
}

function small(name: string, body: Buffer, read: (chunks: readonly Uint8Array[]) => void): Row[] {
  const each = (ms: number) => (ms * 1e3) / SMALL_READS;
  const repeat = (work: () => void) => () => {
    for (let i = 0; i < SMALL_READS; i++) work();
  };
  const chunks = [body];
  return [
    measure(
      name,
      'µs a body',
      repeat(() => read(chunks)),
      each,
    ),
    measure(
      '  the same by JSON.parse',
      'µs a body',
      repeat(() => parse(body)),
      each,
    ),
  ];
}

/** Reads 1 GB through one reader. @returns by how many MB the resident set grew at most */
function memoryGrowth(): number {
  const chunk = Buffer.from(LINE.repeat(Math.floor(CHUNK_BYTES / LINE.length)));
  const reader = new JsonReader(decoded, bodySinks);
  reader.write(Buffer.from('{"text":"'));
  const before = process.memoryUsage.rss();
  let most = before;
  for (let i = 0; i * chunk.length < 1e9; i++) {
    reader.write(chunk);
    if (i % 64 === 0) most = Math.max(most, process.memoryUsage.rss());
  }
  reader.write(Buffer.from('"}'));
  reader.end();
  return (most - before) / 1e6;
}

const othersShare = await watchOtherLoad();
const english = bodyOf(LINE, LARGE_BYTES);
const escaped = bodyOf(ESCAPED, LARGE_BYTES);
const oneKilobyte = bodyOf(LINE, 900);
const rows = [
  ...large('raw, English', english, (chunks) => readBody(raw, chunks)),
  ...large('decoded, English', english, (chunks) => readBody(decoded, chunks)),
  ...large('raw, \\u escapes', escaped, (chunks) => readBody(raw, chunks)),
  ...large('decoded, \\u escapes', escaped, (chunks) => readBody(decoded, chunks)),
  ...large('counts', tableOf(LARGE_BYTES / 4), readTable),
  ...small(`raw, ${oneKilobyte.length} bytes in one write`, oneKilobyte, (chunks) => readBody(raw, chunks)),
  ...small(`decoded, ${oneKilobyte.length} bytes in one write`, oneKilobyte, (chunks) => readBody(decoded, chunks)),
];
const report: JsonReport = {
  machine: thisMachine(),
  runs: RUNS,
  chunkBytes: CHUNK_BYTES,
  rows,
  memoryGrowthMb: memoryGrowth(),
  othersShare: await othersShare(),
};

if (process.argv.includes('--json')) {
  console.log(JSON.stringify({ ...report, seen }));
} else {
  console.log(describeMachine(report.machine));
  console.log(`${RUNS} runs each, chunks of ${CHUNK_BYTES / 1024} KiB; median (lowest to highest)\n`);
  for (const { name, unit, median, min, max } of rows) {
    const digits = unit === 'MB/s' ? 0 : 2;
    const [m, low, high] = [median, min, max].map((figure) => figure.toFixed(digits));
    console.log(`${name.padEnd(36)} ${`${m}`.padStart(6)} ${unit} (${low} to ${high})`);
  }
  const growth = report.memoryGrowthMb.toFixed(0);
  console.log(`\n1 GB decoded through one reader: the resident set grew by ${growth} MB at most`);
  console.log(`Others had ${formatShare(report.othersShare)} of the machine meanwhile.`);
}
