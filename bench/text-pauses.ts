/**
 * Shows how long the text engine holds its thread at most, and what a huge table costs in memory: counts a text in which
 * no word comes twice, then merges, ranks and writes the table in slices.
 *
 *     node bench/text-pauses.ts [--words 20000000] [--piece 256KiB]
 *
 * Needs the compiled packages (`npm run build`). With the default it takes about a gigabyte and half a minute.
 */
import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { parseSize } from '@flotilla/dataset';
import { CountTable, WordCounter } from '@flotilla/text';

const { values: options } = parseArgs({
  options: {
    words: { type: 'string', default: '20000000' },
    chunk: { type: 'string', default: '256KiB' },
  },
});
const wordCount = Number(options.words);
const pieceBytes = parseSize(options.chunk);
const MAX_WORD_BYTES = 16;

/** How long each of many steps took. */
class Pauses {
  readonly #wallMs: number[] = [];
  readonly #cpuMs: number[] = [];

  measure<Result>(step: () => Result): Result {
    const cpu = process.cpuUsage();
    const start = performance.now();
    const result = step();
    this.#wallMs.push(performance.now() - start);
    const { user, system } = process.cpuUsage(cpu);
    this.#cpuMs.push((user + system) / 1000);
    return result;
  }

  print(name: string): void {
    const [wall, cpu] = [this.#wallMs, this.#cpuMs].map((times) => times.sort((a, b) => a - b)) as [number[], number[]];
    const at = (times: number[], share: number): string =>
      (times[Math.min(times.length - 1, Math.floor(share * times.length))] as number).toFixed(1).padStart(8);
    console.log(
      [name.padEnd(14), String(wall.length).padStart(7), at(wall, 0.5), at(wall, 0.999), at(wall, 1), at(cpu, 1)].join(
        ' ',
      ),
    );
  }
}

/** Pieces full of words that all differ: numbers in a scattered order, in base 36. */
function* uniqueWords(): Generator<Uint8Array> {
  const chunk = new Uint8Array(pieceBytes);
  let length = 0;
  for (let i = 0; i < wordCount; i++) {
    if (length > pieceBytes - MAX_WORD_BYTES) {
      yield chunk.subarray(0, length);
      length = 0;
    }
    const word = `${(Math.imul(i, 0x9e3779b1) >>> 0).toString(36)} `;
    for (let at = 0; at < word.length; at++) chunk[length++] = word.charCodeAt(at);
  }
  yield chunk.subarray(0, length);
}

function runInSlices<Result>(name: string, slices: Generator<unknown, Result>): Result {
  const pauses = new Pauses();
  for (;;) {
    const step = pauses.measure(() => slices.next());
    if (step.done !== true) continue;
    pauses.print(name);
    return step.value;
  }
}

console.log(`${cpus()[0]?.model ?? 'unknown'}, ${availableParallelism()} cores, Node ${process.version}`);
console.log(`${wordCount} different words in pieces of ${pieceBytes} bytes; times in ms\n`);
console.log('                 steps   median    99.9%      max  max CPU');

const counter = new WordCounter({ maxUniqueWords: wordCount });
const writes = new Pauses();
for (const chunk of uniqueWords()) writes.measure(() => counter.write(chunk));
const table = counter.end();
writes.print('write');
const memoryMegabytes = process.memoryUsage().rss / 1e6;
runInSlices('topSlices', table.topSlices(10));
runInSlices('toJson', table.toJson());
runInSlices('mergeSlices', new CountTable({ maxUniqueWords: wordCount }).mergeSlices(table));
if (table.uniqueWords !== wordCount) throw new Error(`Counted ${table.uniqueWords} words instead of ${wordCount}.`);
console.log(`\nResident memory with one table: ${memoryMegabytes.toFixed(0)} MB`);
